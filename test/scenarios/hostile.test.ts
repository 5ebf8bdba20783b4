import { beforeAll, expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cmanage, cmanageIn, succeed, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { eachAtOnce } from '../support/eachAtOnce.ts';
import { hostileArguments, refusedByRules, type HostileCase } from '../support/hostileArguments.ts';
import { hostileFiles } from '../support/hostileFiles.ts';
import { addWebapp, imageOf } from '../support/webapp.ts';
import { fingerprint } from '../support/world.ts';

/** Control, escape and bidirectional characters, which could rewrite what the operator sees. Line breaks and tabs are none. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** A message for people: not empty, safe for a terminal, and no stack trace. */
function expectMessage(
  { exitCode, stdout, stderr }: Answer,
  { says, exitCode: expected = 2 }: HostileCase,
): void {
  expect({ exitCode, stderr }).toMatchObject({ exitCode: expected });
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout + stderr).not.toMatch(unsafe);
}

const title = (args: readonly string[]): string => JSON.stringify(args.join(' ')).slice(0, 90);

describeLab('what is refused touches nothing', (lab) => {
  let before: Record<string, unknown> = {};
  const typed = hostileArguments.map((hostile) => ({ ...hostile, title: title(hostile.args) }));
  const files = hostileFiles.map(({ file, text, says }) => ({
    ...{ file, text, says },
    title: JSON.stringify(text.trim()).slice(0, 90),
  }));
  let answers: Answer[] = [];
  let fileAnswers: Answer[] = [];

  beforeAll(async () => {
    await addWebapp(lab);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    before = await fingerprint(lab);
    answers = await eachAtOnce(typed, 4, ({ args }) => cmanage(lab, ...args));
    fileAnswers = await eachAtOnce(files, 4, ({ file, text }, index) => {
      const etc = join(lab.dir, `etc-${index}`);
      mkdirSync(etc);
      for (const name of readdirSync(lab.etc)) copyFileSync(join(lab.etc, name), join(etc, name));
      writeFileSync(join(etc, file), text);
      return cmanageIn({ etc }, 'pop', 'webapp');
    });
  });

  it.each(typed.map((hostile, index) => ({ ...hostile, index })))(
    'argument: $title',
    ({ index, ...hostile }) => {
      expectMessage(answers[index] ?? { exitCode: 0, stdout: '', stderr: '' }, hostile);
    },
  );

  it.each(files.map((hostile, index) => ({ ...hostile, index })))(
    '$file: $title',
    ({ index, file, ...rest }) => {
      const answer = answers.length > 0 ? fileAnswers[index] : undefined;
      expectMessage(answer ?? { exitCode: 0, stdout: '', stderr: '' }, { args: [], says: rest.says });
      expect(answer?.stderr).toContain(rest.says instanceof RegExp ? '' : file);
    },
  );

  it('a line break in an argument begins no line of the message', async () => {
    const { stderr } = await cmanage(lab, 'addservice', 'web\nrefused: all is well', '-i', 'a/b', '-v', 'v1');
    expect(stderr).not.toMatch(/^refused: all is well/m);
  });

  it('the rules refuse what would be wrong, each by its name', async () => {
    for (const hostile of refusedByRules(imageOf(lab))) {
      expectMessage(await cmanage(lab, ...hostile.args), hostile);
    }
  });

  it('nothing of all this has touched anything', async () => {
    expect(await fingerprint(lab)).toEqual(before);
  });
});
