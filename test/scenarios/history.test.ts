import { beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cmanage, cmanageIn, succeed, succeedJson } from '../support/cmanage.ts';
import { execute, executeGuarded } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf } from '../support/world.ts';

type Shown = {
  readonly actor: string;
  readonly reason: string | null;
  readonly events: readonly { readonly kind: string; readonly rules: string | null }[];
  readonly rules: readonly { readonly text: string | null }[];
  readonly steps: readonly { readonly kind: string; readonly status: string; readonly took: number | null }[];
};

/** What an auditor asks: who did what, when, why, by which rules, how it went, and whether the record is as it was. */
describeLab('the history', (lab) => {
  let mark: string;

  beforeAll(async () => {
    await addWebapp(lab);
    appendFileSync(join(lab.etc, 'rules.yml'), '# the house changed its mind here\n');
    await cmanageIn(
      { etc: lab.etc, env: { SUDO_USER: 'alice' } },
      ...['release', 'webapp', '-v', 'v0.4', '-m', 'ticket 4711'],
    );
  });

  it('shows an operation as it was: who, why, the rules in force, each step and how long it took', async () => {
    const first = await succeedJson<Shown>(lab, 'history', 'show', '1');
    const second = await succeedJson<Shown>(lab, 'history', 'show', '2');
    expect(second.actor).toMatch(/^root@\S+ \(sudo alice\)$/);
    expect(second.reason).toBe('ticket 4711');
    expect(second.events.map(({ kind }) => kind)).toEqual(['begun', 'ended']);
    expect(second.rules.map(({ text }) => text)).toEqual([readFileSync(join(lab.etc, 'rules.yml'), 'utf8')]);
    expect(first.rules[0]?.text).not.toContain('changed its mind');
    expect(second.steps.map(({ kind }) => kind)).toContain('create_container');
    for (const { status, took } of second.steps) expect([status, took]).toEqual(['done', expect.any(Number)]);
    const { stdout } = await succeed(lab, 'history', 'show', '2');
    expect(stdout).toMatch(/^Reason +ticket 4711$/m);
    expect(stdout).toMatch(/create_container.*done\t\d+\.\d\d/);
    expect(stdout).toContain('# the house changed its mind here');
  });

  it('is asked by who, when and how it ended, also as a spreadsheet', async () => {
    const ids = async (...args: string[]): Promise<number[]> =>
      (await succeedJson<{ id: number }[]>(lab, 'history', ...args)).map(({ id }) => id);
    expect(await ids('--actor', 'alice')).toEqual([2]);
    expect(await ids('--service', 'webapp', '--status', 'done', '--since', '1h')).toEqual([1, 2]);
    expect(await ids('--until', '1h')).toEqual([]);
    const { stdout } = await succeed(lab, 'history', '-o', 'csv', '--actor', 'alice');
    expect(stdout.split(/\r?\n/)).toEqual([
      expect.stringMatching(/^id,startedAt,finishedAt,seconds,actor,/),
      expect.stringMatching(
        /^2,\S+Z,\S+Z,\d+(\.\d+)?,root@\S+ \(sudo alice\),release webapp -v v0\.4 .*,ticket 4711,done,/,
      ),
    ]);
  });

  it('is as it was recorded, and says what to keep elsewhere', async () => {
    const { stdout } = await succeed(lab, 'history', 'verify');
    expect(stdout).toContain('2 operations, 4 events: all is as it was recorded.');
    mark = /^The last event is (\S+)$/m.exec(stdout)?.[1] ?? '';
    await succeed(lab, 'history', 'verify', '--expect', mark);
  });

  it('refuses to be edited, and shows it where somebody took the guards away', async () => {
    const edit = `UPDATE operation SET actor = 'mallory' WHERE id = 2`;
    await expect(executeGuarded(databaseOf(lab), edit)).rejects.toThrow('the history is append-only');
    await succeed(lab, 'history', 'verify');
    await execute(databaseOf(lab), edit);
    const { exitCode, stdout } = await cmanage(lab, 'history', 'verify');
    expect(exitCode).toBe(7);
    expect(stdout).toContain('operation 2: what was asked or planned is no longer what it was');
  });
});
