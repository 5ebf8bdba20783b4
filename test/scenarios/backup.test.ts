import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cmanage, startCmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { integrityOf, rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { databaseOf } from '../support/world.ts';

type Restored = { replaced: string | null; lost: { id: number; command: string }[] | null };

/** The state database is copied while it is in use, lost in every way, and put back. */
describeLab('backup and restore', (lab) => {
  const file = (name: string): string => join(lab.dir, name);
  const contents = (): Promise<unknown> => succeedJson(lab, 'show', 'state');

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('backs up again and again while operations run, and disturbs none of them', async () => {
    const running = (async () => {
      for (const version of ['v0.4', 'v0.5']) {
        await succeed(lab, 'release', 'webapp', '-v', version);
        await succeed(lab, 'pop', 'webapp');
      }
    })();
    let [isOver, count] = [false, 0];
    const over = running.finally(() => (isOver = true));
    const revisions: number[] = [];
    while (!isOver) {
      const copy = file(`copy${count++}.db`);
      await succeed(lab, 'backup', copy);
      expect((statSync(copy).mode & 0o777).toString(8)).toBe('600');
      expect(await integrityOf(copy)).toEqual([{ integrity_check: 'ok' }]);
      const [row] = await rowsOf<{ revision: number }>(copy, 'SELECT revision FROM environment');
      revisions.push(row?.revision ?? -1);
      // What is recorded and what the journal says are of the same moment.
      const recorded = await rowsOf(copy, 'SELECT max(revision) AS revision FROM operation');
      expect(recorded).toEqual([row]);
    }
    await over;
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(count).toBeGreaterThan(2);
  });

  it('never takes the place of a file that is there', async () => {
    const { exitCode, stderr } = await cmanage(lab, 'backup', file('copy0.db'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('the file exists; choose another name')]);
  });

  it('says what a restore would lose, and touches nothing', async () => {
    await succeed(lab, 'backup', file('noon.db'));
    await succeed(lab, 'changeservice', 'webapp', '--drain-limit', '20', '-m', 'after noon');
    const before = readFileSync(databaseOf(lab));
    const { lost } = await succeedJson<Restored>(lab, 'restore', file('noon.db'), '--dry-run');
    expect(lost?.map(({ command }) => command)).toEqual([expect.stringContaining('--drain-limit 20')]);
    expect(readFileSync(databaseOf(lab))).toEqual(before);
  });

  it('is refused while an operation runs', async () => {
    const release = startCmanage(lab, 'release', 'webapp', '-v', 'v0.6');
    await until(
      async () =>
        (await rowsOf(databaseOf(lab), `SELECT 1 FROM operation WHERE status = 'running'`)).length > 0,
    );
    release.kill('SIGSTOP');
    const { exitCode, stderr } = await cmanage(lab, 'restore', file('noon.db'));
    release.kill('SIGCONT');
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining('release webapp -v v0.6')]);
    expect((await release).exitCode).toBe(0);
  });

  it('restores, keeps what was there, and the environment goes on', async () => {
    const { replaced, lost } = await succeedJson<Restored>(lab, 'restore', file('noon.db'));
    expect(lost?.length).toBe(2);
    expect(await integrityOf(replaced ?? '')).toEqual([{ integrity_check: 'ok' }]);
    await expectOrphansLeft();
    // These take the numbers of what was lost.
    await succeed(lab, 'lock', 'webapp', '-m', 'a look at it');
    await succeed(lab, 'unlock', 'webapp');
    await expectOrphansLeft();
    expect((await succeed(lab, 'show', 'operations')).stdout).not.toContain('resume');
    await succeed(lab, 'restore', replaced ?? '');
    expect((await succeed(lab, 'verify')).stdout).toContain('all is as the state says');
  });

  it('restores where the database is damaged, or gone', async () => {
    const whole = await contents();
    await succeed(lab, 'backup', file('last.db'));
    writeFileSync(databaseOf(lab), 'rubbish '.repeat(1000));
    expect((await cmanage(lab, 'verify')).exitCode).toBe(2);
    const damaged = await succeed(lab, 'restore', file('last.db'));
    expect(damaged.stdout).toContain('is known to the hosts alone');
    expect(await contents()).toEqual(whole);
    rmSync(databaseOf(lab));
    await succeed(lab, 'restore', file('last.db'));
    expect(await contents()).toEqual(whole);
    await succeed(lab, 'verify');
  });

  it('refuses a file that is no sound backup, and the backup of another environment', async () => {
    const before = readFileSync(databaseOf(lab));
    const refused = async (path: string, message: RegExp): Promise<void> => {
      const { exitCode, stderr } = await cmanage(lab, 'restore', path);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(readFileSync(databaseOf(lab))).toEqual(before);
    };
    await refused(file('nothing.db'), /there is no such file/);
    writeFileSync(file('half.db'), readFileSync(file('last.db')).subarray(0, 20_000));
    await refused(file('half.db'), /damaged|malformed/);
    rmSync(databaseOf(lab));
    await succeed(lab, 'init');
    const fresh = readFileSync(databaseOf(lab));
    const { exitCode, stderr } = await cmanage(lab, 'restore', file('last.db'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('it is of environment')]);
    expect(readFileSync(databaseOf(lab))).toEqual(fresh);
    rmSync(databaseOf(lab));
    await succeed(lab, 'restore', file('last.db'));
    await succeed(lab, 'verify');
  });

  /** What was released since the backup may be what serves: `verify` says that it stays, and `heal` lets it stay. */
  async function expectOrphansLeft(): Promise<void> {
    type Found = { drift: { kind: string; remedy: string }[] };
    const { exitCode, stdout } = await cmanage(lab, 'verify', '-o', 'json');
    const { drift } = JSON.parse(stdout) as Found;
    const remedies = drift.flatMap(({ kind, remedy }) => (kind === 'orphan' ? [remedy] : []));
    const left = expect.stringMatching(
      /^heal leaves it: by its label operation \d+ made it, of which the journal knows nothing/,
    );
    expect([exitCode, remedies]).toEqual([7, [left, left]]);
    const healing = await cmanage(lab, 'heal', '--dry-run');
    expect([healing.exitCode, healing.stdout]).toEqual([7, expect.not.stringContaining('remove_orphan')]);
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
