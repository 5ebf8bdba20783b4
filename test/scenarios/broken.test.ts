import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constraints } from '../../src/constraints/all.ts';
import { breaches, goodState, hostsFile, unbroken, type Breach, type Edit } from '../support/brokenStates.ts';
import { cmanageIn, type Answer } from '../support/cmanage.ts';
import { execute } from '../support/database.ts';
import { eachAtOnce } from '../support/eachAtOnce.ts';

type Judgement = {
  readonly correct: boolean;
  readonly complete: boolean;
  readonly violations: readonly {
    readonly code: string;
    readonly object: string;
    readonly fact: string;
    readonly remedy: string;
  }[];
};

const directory = mkdtempSync(join(tmpdir(), 'cmanage-broken-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const etcOf = (name: string): string => join(directory, name, 'etc');
const databaseOf = (name: string): string => join(directory, name, 'cmanage.db');

/** A configuration of its own, with a copy of the good state. No host is there, for none is asked. */
function makePlace(name: string, edits: readonly Edit[] = []): void {
  mkdirSync(etcOf(name), { recursive: true });
  const rules = readFileSync(new URL('../../etc/rules.yml', import.meta.url), 'utf8');
  const files: Record<string, string> = {
    'cmanage.yml': 'environment: broken\nstate: ../cmanage.db\n',
    'hosts.yml': hostsFile,
    'rules.yml': rules.slice(0, rules.indexOf('\n#  - services')),
  };
  for (const { file, from, to } of edits) {
    if (files[file]?.includes(from) !== true) throw new Error(`${file} has no ${from}`);
    files[file] = files[file].replace(from, to);
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(etcOf(name), file), text);
}

async function breakPlace(name: string, several: readonly Breach[]): Promise<void> {
  makePlace(
    name,
    several.flatMap(({ edits = [] }) => edits),
  );
  copyFileSync(databaseOf('good'), databaseOf(name));
  const statements = several.flatMap(({ sql = [] }) => sql).join(';\n');
  await execute(databaseOf(name), `PRAGMA foreign_keys=OFF;\n${statements}`);
}

const ask = (name: string, ...args: string[]): Promise<Answer> => cmanageIn({ etc: etcOf(name) }, ...args);

const neverRun = {
  json: { exitCode: -1, stdout: '', stderr: '' },
  text: { exitCode: -1, stdout: '', stderr: '' },
};

const judgementIn = ({ stdout }: Answer): Judgement => JSON.parse(stdout) as Judgement;

beforeAll(async () => {
  makePlace('good');
  await ask('good', 'init');
  await execute(databaseOf('good'), goodState);
});

describe('check', () => {
  jest.setTimeout(120_000);
  it('finds nothing where nothing is broken', async () => {
    expect(await ask('good', 'check')).toEqual({
      ...{ exitCode: 0, stderr: '', stdout: '2 services: correct and complete' },
    });
  });

  it('is tried on a breach of every rule there is', () => {
    expect(unbroken).toEqual([]);
  });

  describe('names exactly the rule that is broken', () => {
    let answers: { json: Answer; text: Answer }[] = [];
    beforeAll(async () => {
      answers = await eachAtOnce(breaches, 4, async (breach) => {
        await breakPlace(breach.code, [breach]);
        return { json: await ask(breach.code, 'check', '-o', 'json'), text: await ask(breach.code, 'check') };
      });
    });

    it.each(breaches.map((breach, index) => ({ ...breach, index })))(
      '$code: $what',
      ({ code, object, as = 'broken', index }) => {
        const { json, text } = answers[index] ?? neverRun;
        const { violations, correct, complete } = judgementIn(json);
        expect([...new Set(violations.map((violation) => violation.code))]).toEqual([code]);
        expect(violations.map((violation) => violation.object)).toContain(object);
        expect({ correct, complete }).toEqual({ correct: as !== 'broken', complete: as !== 'incomplete' });
        const title = { broken: 'Broken:', incomplete: 'Incomplete:', warning: 'Warnings:' }[as];
        expect(text.stdout.split('\n')[0]).toBe(title);
        for (const { exitCode, stderr } of [json, text]) {
          expect({ exitCode, stderr }).toEqual({ exitCode: as === 'broken' ? 3 : 0, stderr: '' });
        }
      },
    );
  });

  it('names every rule where all are broken at once, and every other command still answers', async () => {
    // What two breaches change in the same place is broken by one of them.
    const together = breaches.filter(({ edits = [] }) => !edits.some(({ from }) => from === 'overrides: []'));
    const sql = breaches.find(({ code }) => code === 'service-stacks')?.sql ?? '';
    await breakPlace('all', [...together, { code: '', what: '', object: '', sql }]);
    await execute(
      databaseOf('all'),
      `UPDATE container SET version = 'latest' WHERE name = 'webapp-stack1-app1'`,
    );
    const answer = await ask('all', 'check', '-o', 'json');
    expect(answer).toMatchObject({ exitCode: 3, stderr: '' });
    const codes = new Set(judgementIn(answer).violations.map(({ code }) => code));
    expect([...codes].sort()).toEqual(constraints.map(({ code }) => code).sort());
    for (const { fact, remedy } of judgementIn(answer).violations) {
      expect(`${fact} ${remedy}`).not.toMatch(/undefined|NaN|null|\[object/);
    }
    const things = [
      ...['services', 'endpoints', 'trees', 'stacks', 'containers', 'hosts', 'state'],
      ...['loadbalancers', 'externals', 'links', 'releases', 'operations', 'locks'],
    ];
    const shown = await eachAtOnce(things, 4, (thing) => ask('all', 'show', thing));
    for (const { exitCode, stderr } of shown) {
      // What belongs to nothing cannot be shown; then check is named, which tells what is wrong.
      expect(`${exitCode} ${stderr}`).toMatch(/^0 $|^2 cmanage: .* see 'cmanage check'$/);
    }
  });

  it('judges one service by its name, and a name that is not there is a mistake', async () => {
    const one = await ask('all', 'check', 'training', '-o', 'json');
    const codes = judgementIn(one).violations.map(({ code }) => code);
    expect(codes).toContain('host-loss');
    expect(codes).not.toContain('version-pinned');
    expect(await ask('all', 'check', 'nothing')).toMatchObject({ exitCode: 2 });
  });

  it.each([
    `UPDATE container SET position = position + 5 WHERE stack LIKE 'webapp%'`,
    `UPDATE container SET position = 1.5 WHERE name = 'webapp-stack1-app2'`,
    `PRAGMA ignore_check_constraints=ON; UPDATE container SET host_port = -1, position = -position`,
    `UPDATE endpoint SET pointer = -3, stage = ''`,
    `UPDATE edge SET child = parent`,
    `UPDATE edge SET parent = 'a', child = 'b', endpoint = 'c' WHERE endpoint LIKE '%qa'`,
    `UPDATE stack SET service = name`,
    `DELETE FROM service`,
    `DELETE FROM stack`,
    `DELETE FROM endpoint`,
    `UPDATE container SET version = '' || char(27) || '[31m', digest = ''`,
    `UPDATE service SET settings = '{}'`,
    `UPDATE service SET settings = 'no JSON'`,
  ])('finds something wrong, and does not fail, after %s', async (sql) => {
    await breakPlace('wild', [{ code: '', what: '', object: '', sql }]);
    const { exitCode, stdout, stderr } = await ask('wild', 'check');
    // 2 where a row cannot even be read.
    expect(`${exitCode} ${stderr}`).toMatch(/^3 $|^2 cmanage: /);
    expect(stdout).not.toMatch(/\u001b\[31m|undefined|NaN/);
  });
});
