import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constraints } from '../../src/constraints/all.ts';
import { cmanageIn, type Answer } from '../support/cmanage.ts';

const rulesFile = `stages: [prod, qa]
rules:
  stack-height: { level: warn }
  stack-versions:
    by: date
    date: YYYY-MM-DD
overrides:
  - services: legacy-*
    reason: its second host is replaced this week
    rules:
      stack-height: { level: off, min_containers: 1 }
      host-loss: { level: warn }
  - services: legacy-mail
    reason: it is switched off in May
    rules:
      stack-height:
        min_containers: 2
`;

type Entry = {
  readonly rule: string;
  readonly kind: string;
  readonly summary: string;
  readonly settings: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly from: string;
    readonly override: { readonly reason: string } | null;
  }[];
};

describe('rules tells for every rule its level and its parameters, and where each comes from', () => {
  jest.setTimeout(120_000);
  const etc = mkdtempSync(join(tmpdir(), 'cmanage-rules-'));
  beforeAll(() => {
    // Neither hosts nor a state: the rules can be read before there are any.
    writeFileSync(join(etc, 'rules.yml'), rulesFile);
  });
  afterAll(() => {
    rmSync(etc, { recursive: true, force: true });
  });

  const ask = (...args: string[]): Promise<Answer> => cmanageIn({ etc }, 'rules', ...args);

  /** Each setting as `NAME=VALUE from WHERE (REASON)`, by rule. */
  const settings = async (...args: string[]): Promise<Map<string, string[]>> => {
    const { exitCode, stdout, stderr } = await ask(...args, '-o', 'json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { rules } = JSON.parse(stdout) as { rules: Entry[] };
    const text = ({ name, value, from, override }: Entry['settings'][number]): string =>
      `${name}=${JSON.stringify(value)} from ${from}${override ? ` (${override.reason})` : ''}`;
    return new Map(rules.map(({ rule, settings: list }) => [rule, list.map(text)]));
  };

  /** The line of the file on which a text stands, counted from 1. */
  const at = (text: string): string =>
    `rules.yml:${rulesFile.slice(0, rulesFile.indexOf(text)).split('\n').length}`;

  it('of every rule, in the order of the list', async () => {
    const found = await settings();
    expect([...found.keys()]).toEqual(constraints.map(({ code }) => code));
    for (const { code, level, parameters } of constraints) {
      if (code in { 'stack-height': 0, 'stack-versions': 0 }) continue;
      const usual = Object.entries({ level, ...parameters });
      expect(found.get(code)).toEqual(
        usual.map(([name, value]) => `${name}=${JSON.stringify(value)} from default`),
      );
    }
  });

  it('what rules.yml says comes from its line, and the rest is the default', async () => {
    const found = await settings();
    expect(found.get('stack-height')).toEqual([
      `level="warn" from ${at('level: warn')}`,
      'min_containers=3 from default',
    ]);
    expect(found.get('stack-versions')).toEqual([
      'level="error" from default',
      'order=["incremental","equal"] from default',
      `by="date" from ${at('by: date')}`,
      `date="YYYY-MM-DD" from ${at('date: YYYY')}`,
      'unordered="refuse" from default',
    ]);
  });

  it('for a service, its overrides with their reasons; the last one that matches wins', async () => {
    expect(await settings('stack-height', '--service', 'legacy-web')).toEqual(
      new Map([
        [
          'stack-height',
          [
            `level="off" from ${at('stack-height: { level: off')} (its second host is replaced this week)`,
            `min_containers=1 from ${at('min_containers: 1')} (its second host is replaced this week)`,
          ],
        ],
      ]),
    );
    expect((await settings('stack-height', '-s', 'legacy-mail')).get('stack-height')).toEqual([
      `level="off" from ${at('stack-height: { level: off')} (its second host is replaced this week)`,
      `min_containers=2 from ${at('min_containers: 2')} (it is switched off in May)`,
    ]);
    expect((await settings('stack-height', '-s', 'webapp')).get('stack-height')?.[0]).toContain(
      'level="warn"',
    );
  });

  it('as a table too, with the summary of each rule and the overrides there are', async () => {
    const { exitCode, stdout } = await ask();
    expect(exitCode).toBe(0);
    for (const { code, summary } of constraints) expect(stdout).toContain(`${code}: ${summary}`);
    expect(stdout).toContain('Stages: prod, qa');
    expect(stdout).toMatch(new RegExp(`legacy-\\*.*its second host.*${at('- services: legacy-*')}`));
    const one = await ask('stack-height', '-s', 'legacy-mail');
    expect(one.stdout).toMatch(
      /min_containers\s+2\s+rules\.yml:\d+ \(legacy-mail: it is switched off in May\)/,
    );
    expect(one.stdout).not.toContain('stack-twins');
  });

  it('a rule that there is not is a mistake, and so is a file that says nonsense', async () => {
    expect(await ask('stack-colour')).toMatchObject({ exitCode: 2 });
    expect((await ask('stack-colour')).stderr).toContain('stack-versions');
    writeFileSync(join(etc, 'rules.yml'), 'rules:\n  stack-height: { min_containers: many }\n');
    const { exitCode, stderr } = await ask();
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/rules\.yml:2/);
  });
});
