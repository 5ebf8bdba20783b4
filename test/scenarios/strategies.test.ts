import { beforeAll, expect, it } from '@jest/globals';
import { killEngine, startEngine } from '../../lab/faults.ts';
import type { Strategy } from '../../src/plan/strategy.ts';
import { cmanage, succeed, succeedJson, type Answer } from '../support/cmanage.ts';
import { execute, latestOperation } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { containersOn, databaseOf, hostOf, nameOf, stateOfWorld } from '../support/world.ts';

/** What becomes of an operation of which something fails, by --on-error: a dead host, a bad image, a broken disk. */
describeLab('--on-error', (lab) => {
  const running = async (place: number): Promise<string[]> =>
    (await containersOn(hostOf(lab, place)))
      .filter(({ State }) => State === 'running')
      .map(nameOf)
      .sort();
  const idOf = async (): Promise<string> => String((await latestOperation(databaseOf(lab)))?.id ?? '');
  const breakDisk = (): Promise<void> =>
    execute(
      databaseOf(lab),
      `CREATE TRIGGER broken BEFORE UPDATE OF revision ON environment BEGIN SELECT RAISE(ABORT, 'broken disk'); END`,
    );
  const mendDisk = (): Promise<void> => execute(databaseOf(lab), 'DROP TRIGGER broken');

  const release = (version: string, strategy: Strategy): Promise<Answer> =>
    cmanage(lab, 'release', 'webapp', '-v', version, '--on-error', strategy);

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('rollback: an image that never gets healthy leaves everything as it was', async () => {
    const before = await stateOfWorld(lab);
    const { exitCode, stderr } = await release('v0.8', 'rollback');
    expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr });
    expect(await stateOfWorld(lab)).toEqual(before);
  });

  it('best-effort: with an image that exits everywhere nothing is undone, and it waits for somebody', async () => {
    const { exitCode, stderr } = await release('v0.8', 'best-effort');
    expect(exitCode).toBe(5);
    const id = await idOf();
    expect(stderr).toContain(`undo it by 'cmanage rollback --operation ${id}'`);
    expect((await containersOn(hostOf(lab, 1))).map(nameOf)).toContain('webapp-stack1-app4');
    await succeed(lab, 'rollback', '--operation', id);
    expect((await containersOn(hostOf(lab, 1))).map(nameOf)).not.toContain('webapp-stack1-app4');
  });

  it('best-effort: with a dead host the others get what was asked for, and that one later', async () => {
    const dead = hostOf(lab, 2);
    await killEngine(dead);
    const { exitCode, stderr } = await release('v0.4', 'best-effort');
    expect(stderr).toContain('It went on without engine of docker02');
    expect(exitCode).toBe(7);
    expect(await running(1)).toHaveLength(4);
    const [service] = await succeedJson<{ stacks: { containers: unknown[] }[] }[]>(lab, 'show', 'services');
    expect(service?.stacks.map(({ containers }) => containers.length)).toEqual([4, 4]);
    await startEngine(lab, dead);
    await succeed(lab, 'deploy', 'containers', 'webapp');
    expect(await running(2)).toHaveLength(4);
    await succeed(lab, 'verify');
  });

  it('commit-at-end: a pop that cannot be recorded has taken nothing away; the usual one has', async () => {
    const before = await stateOfWorld(lab);
    await breakDisk();
    const { exitCode } = await cmanage(lab, 'pop', 'webapp', '--on-error', 'commit-at-end');
    expect(exitCode).toBe(4);
    await mendDisk();
    expect(await running(1)).toContain('webapp-stack1-app1');
    expect(await stateOfWorld(lab)).toEqual(before);
    await succeed(lab, 'verify');

    await breakDisk();
    expect(await cmanage(lab, 'pop', 'webapp')).toMatchObject({ exitCode: 5 });
    await mendDisk();
    expect(await running(1)).not.toContain('webapp-stack1-app1');
    await succeed(lab, 'resume');
    await succeed(lab, 'verify');
  });

  it('commit-at-end: records first and removes then, so that a rollback finds what was recorded', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    await succeed(lab, 'pop', 'webapp', '--on-error', 'commit-at-end');
    const steps = await succeedJson<{ kind: string }[]>(lab, 'show', 'operation', await idOf());
    const kinds = steps.map(({ kind }) => kind);
    expect(kinds.indexOf('stop_container')).toBeGreaterThan(kinds.indexOf('commit_state'));
    await succeed(lab, 'rollback', 'webapp');
    const versions = await succeedJson<{ stacks: { containers: { version: string }[] }[] }[]>(
      lab,
      'show',
      'services',
    );
    expect(versions[0]?.stacks[0]?.containers.map(({ version }) => version)).toEqual([
      'v0.2',
      'v0.3',
      'v0.4',
      'v0.5',
    ]);
    await succeed(lab, 'verify');
  });

  it('is saved with a plan, and refused for a canary', async () => {
    const plan = `${lab.dir}/plan.json`;
    await succeed(lab, 'pop', 'webapp', '--on-error', 'commit-at-end', '--out', plan);
    await succeed(lab, 'apply', plan);
    const { exitCode, stderr } = await cmanage(
      lab,
      ...['canary', 'webapp-endpoint-prod', '--steps', '50', '--on-error', 'best-effort'],
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a canary goes back where anything fails');
  });
});
