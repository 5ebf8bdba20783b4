import { beforeAll, expect, it } from '@jest/globals';
import { waitUntil } from '../../lab/run.ts';
import { complaintsAbout, stateOf } from '../faults/world.ts';
import { cmanage, startCmanage, succeed, succeedJson, type Running } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { addTiny } from '../support/tinyServices.ts';
import { imageOf } from '../support/webapp.ts';
import { databaseOf, whatRuns } from '../support/world.ts';

type Operation = {
  readonly id: number;
  readonly command: string;
  readonly status: string;
  readonly started_at: string;
  readonly finished_at: string | null;
};
type Lock = { readonly lock: string; readonly kind: string; readonly operation: number | null };

/** Seconds that a release watches what it made: operations that run side by side overlap by that. */
const watched = 3;

describeLab('locks', (lab) => {
  const add = (service: string): Promise<unknown> =>
    succeed(
      lab,
      ...['addservice', service, '-i', imageOf(lab), '-s', '1', '-v', 'v0.1', 'v0.2', 'v0.3'],
      ...['--monitor', String(watched)],
    );

  beforeAll(async () => {
    await succeed(lab, 'init');
    await Promise.all(['left', 'right'].map(add));
    // HAProxy has a file of ours then, which must stay as the state says.
    await addTiny(lab, 'front', 1);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'front', '-p', '8080');
  });

  const operations = (): Promise<Operation[]> =>
    rowsOf<Operation>(
      databaseOf(lab),
      'SELECT id, command, status, started_at, finished_at FROM operation ORDER BY id',
    );

  /** Waits until a command is at its work: its last step but the commit is on its way. */
  const isUnderWay = async (running: Running, command: string): Promise<number> => {
    let id = 0;
    const reached = await waitUntil(async () => {
      if (running.exitCode !== null) throw new Error(`it ended before: ${(await running).stderr}`);
      const steps = await rowsOf<{ id: number }>(
        databaseOf(lab),
        `SELECT id FROM operation JOIN step ON step.operation = id
         WHERE command = '${command}' AND operation.status = 'running' AND kind = 'watch_health' AND step.status = 'sent'`,
      );
      id = steps[0]?.id ?? 0;
      return id !== 0;
    }, 60_000);
    expect(reached).toBe(true);
    return id;
  };

  it('services are added side by side, with names and ports of their own', async () => {
    const stacks = (await stateOf(lab)).stacks.map(({ service }) => service);
    expect(stacks.sort()).toEqual(['front', 'left', 'right']);
    const lines = await whatRuns(lab);
    expect(lines).toHaveLength(9);
    expect(await complaintsAbout(lab)).toEqual([]);
  });

  it('releases of different services run side by side', async () => {
    const both = async (version: string, atOnce: boolean): Promise<number> => {
      const started = performance.now();
      const release = (service: string): Promise<unknown> => succeed(lab, 'release', service, '-v', version);
      if (atOnce) await Promise.all(['left', 'right'].map(release));
      else for (const service of ['left', 'right']) await release(service);
      return (performance.now() - started) / 1000;
    };
    const oneByOne = await both('v0.4', false);
    const atOnce = await both('v0.5', true);
    console.log(`two releases: ${oneByOne.toFixed(1)} s one by one, ${atOnce.toFixed(1)} s at once`);
    const [first, second] = (await operations()).slice(-2);
    expect([first?.status, second?.status]).toEqual(['done', 'done']);
    // Each began before the other one had ended.
    expect((first?.started_at ?? '') < (second?.finished_at ?? '')).toBe(true);
    expect((second?.started_at ?? '') < (first?.finished_at ?? '')).toBe(true);
    expect(await complaintsAbout(lab)).toEqual([]);
  });

  it('a second operation on the same service waits no longer than it was told, and says for whom', async () => {
    const release = startCmanage(lab, 'release', 'left', '-v', 'v0.6');
    const id = await isUnderWay(release, 'release left -v v0.6');
    const locks = await succeedJson<Lock[]>(lab, 'show', 'locks');
    expect(locks).toMatchObject([{ lock: 'service:left', kind: 'operation', operation: id }]);
    const { exitCode, stderr } = await cmanage(lab, 'pop', 'left', '--lock-wait', '0');
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`operation ${id} (release left -v v0.6) by`);
    expect(stderr).toContain('has held service left since');
    await succeed(lab, 'pop', 'left', '--lock-wait', '60');
    expect((await release).exitCode).toBe(0);
    expect(await succeedJson<Lock[]>(lab, 'show', 'locks')).toEqual([]);
    expect(await complaintsAbout(lab)).toEqual([]);
  });

  it('a freeze by a person keeps everybody from one service, or from all, until it is lifted', async () => {
    await succeed(lab, 'lock', 'left', '-m', 'the shop opens on Monday');
    const says = ['service left was frozen by', 'the shop opens on Monday', "'cmanage unlock left'"];
    await expectFailure(lab, ['pop', 'left'], { exitCode: 6, says });
    await expectFailure(lab, ['pop', 'left', '--dry-run'], { exitCode: 6, says });
    await succeed(lab, 'changeservice', 'right', '--monitor', '2');
    expect((await cmanage(lab, 'lock', 'left', '-m', 'again')).stdout).toContain('was frozen already');
    await succeed(lab, 'lock', '-m', 'the inventory');
    await expectFailure(lab, ['changeservice', 'right', '--monitor', '3'], {
      exitCode: 6,
      says: ['everything was frozen by', 'the inventory', "'cmanage unlock'"],
    });
    const kinds = (await succeedJson<Lock[]>(lab, 'show', 'locks')).map(
      ({ lock, kind }) => `${kind} ${lock}`,
    );
    expect(kinds).toEqual(['freeze everything', 'freeze service:left']);
    expect((await cmanage(lab, 'unlock')).stdout).toContain('everything is no longer frozen');
    await succeed(lab, 'unlock', 'left');
    await succeed(lab, 'changeservice', 'right', '--monitor', '3');
    expect((await cmanage(lab, 'unlock', 'left')).stdout).toContain('was not frozen');
    const history = await succeedJson<{ command: string; reason: string | null }[]>(lab, 'history', 'left');
    const deeds = history.filter(({ command }) => /^(un)?lock /.test(command));
    expect(deeds.map(({ command, reason }) => [command.split(' ')[0], reason])).toEqual([
      ['lock', 'the shop opens on Monday'],
      ['unlock', null],
    ]);
    await succeed(lab, 'history', 'verify');
  });

  it('a holder that is paused can be got past, and sends nothing when it wakes up', async () => {
    const paused = startCmanage(lab, 'release', 'left', '-v', 'v0.7');
    const id = await isUnderWay(paused, 'release left -v v0.7');
    process.kill(paused.pid ?? 0, 'SIGSTOP');
    const refused = await cmanage(lab, 'pop', 'left', '--lock-wait', '1');
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain(`'cmanage unlock --operation ${id}'`);
    // It is in nobody's way but of those who need the same.
    await succeed(lab, 'release', 'right', '-v', 'v0.6');
    expect((await cmanage(lab, 'resume', String(id), '--dry-run')).exitCode).toBe(6);
    await succeed(lab, 'unlock', '--operation', String(id));
    const open = await succeedJson<{ id: number; underWay: boolean }[]>(lab, 'show', 'operations');
    expect(open).toMatchObject([{ id, underWay: false }]);
    await succeed(lab, 'rollback', '--operation', String(id));
    await succeed(lab, 'pop', 'left');
    const before = await whatRuns(lab);
    process.kill(paused.pid ?? 0, 'SIGCONT');
    const { exitCode, stderr } = await paused;
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`another cmanage has taken the locks of operation ${id} away`);
    expect(await whatRuns(lab)).toEqual(before);
    expect(await complaintsAbout(lab)).toEqual([]);
    expect((await operations()).find((one) => one.id === id)?.status).toBe('undone');
  });

  it('and one whose process has died has none to take away', async () => {
    const killed = startCmanage(lab, 'release', 'right', '-v', 'v0.7');
    const id = await isUnderWay(killed, 'release right -v v0.7');
    process.kill(killed.pid ?? 0, 'SIGKILL');
    await killed;
    const { exitCode, stderr } = await cmanage(lab, 'unlock', '--operation', String(id));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).toContain(`finish it by 'cmanage resume ${id}'`);
    // What others record meanwhile does not keep it from going forward.
    await succeed(lab, 'changeservice', 'left', '--monitor', '2');
    await succeed(lab, 'resume', String(id));
    expect(await complaintsAbout(lab)).toEqual([]);
  });
});
