import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { waitUntil } from '../../lab/run.ts';
import { cmanage, startCmanage, succeed, type Running } from '../support/cmanage.ts';
import { integrityOf, latestOperation, latestSteps } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf, stateOfWorld, whatRuns } from '../support/world.ts';

/** Its health page takes a second and a half to answer, so that every release waits for that long in its middle. */
const slowHealth = '/slow?ms=1500';

describeLab('a release that is interrupted, killed or not alone', (lab) => {
  beforeAll(() => addWebapp(lab, '--health', slowHealth));
  afterEach(async () => {
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  });

  /** Waits until the journal says that a step of this kind of this command is under way. */
  const reaches = async (running: Running, command: string, kind: string): Promise<void> => {
    const reached = await waitUntil(async () => {
      if (running.exitCode !== null) throw new Error('it ended before');
      if ((await latestOperation(databaseOf(lab)))?.command !== command) return false;
      return (await latestSteps(databaseOf(lab))).some(
        (step) => step.kind === kind && step.status === 'sent',
      );
    }, 30_000);
    expect(reached).toBe(true);
  };

  const running = async (version: string): Promise<string[]> =>
    (await whatRuns(lab)).filter((line) => line.endsWith(` ${version}`));

  const lockWait = (seconds: number): void => {
    const file = join(lab.etc, 'cmanage.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^lock_wait:.*\n/m, ''));
    appendFileSync(file, `lock_wait: ${seconds}\n`);
  };

  it.each(['SIGINT', 'SIGTERM'] as const)('%s while it waits for health: all is undone', async (signal) => {
    const before = await stateOfWorld(lab);
    const release = startCmanage(lab, 'release', 'webapp', '-v', 'v0.4');
    await reaches(release, 'release webapp -v v0.4', 'wait_healthy');
    expect(await running('v0.4')).toHaveLength(2);
    release.kill(signal);
    const { exitCode, stderr } = await release;
    expectMessage(
      { exitCode: exitCode ?? -1, stderr },
      { exitCode: 4, says: ['interrupted', 'the state is as before'] },
    );
    expect(await stateOfWorld(lab)).toEqual(before);
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });
  });

  it('a second Ctrl-C leaves at once, and the next command says what was left and takes it up', async () => {
    const release = startCmanage(lab, 'release', 'webapp', '-v', 'v0.4');
    await reaches(release, 'release webapp -v v0.4', 'wait_healthy');
    const undoing = new Promise<void>((resolve) => {
      release.stderr.on('data', (text: Buffer) => {
        if (text.toString().includes('interrupted; undoing')) resolve();
      });
    });
    release.kill('SIGINT');
    await undoing;
    release.kill('SIGINT');
    const { exitCode, stderr } = await release;
    expectMessage({ exitCode: exitCode ?? -1, stderr }, { exitCode: 5, says: ['left half-way'] });
    const again = await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    expect(again.stderr).toMatch(/operation \d+ \(release webapp -v v0\.4\) .* did not come to its end/);
    expect(await running('v0.4')).toHaveLength(2);
  });

  it.each([
    ['create_container', 'v0.5'],
    ['start_container', 'v0.5'],
    ['wait_healthy', 'v0.6'],
  ])(
    'SIGKILL at %s, then the same release again: it works, and nothing is there twice',
    async (kind, version) => {
      const args = ['release', 'webapp', '-v', version];
      const before = await whatRuns(lab);
      const was = (await running(version)).length;
      const release = startCmanage(lab, ...args);
      await reaches(release, args.join(' '), kind);
      release.kill('SIGKILL');
      await release;
      await succeed(lab, ...args);
      const after = await whatRuns(lab);
      expect(after.filter((line) => !before.includes(line))).toHaveLength(2);
      expect(after.filter((line) => line.endsWith(`running ${version}`))).toHaveLength(was + 2);
      expect(before.filter((line) => !after.includes(line))).toEqual([]);
    },
  );

  it('SIGINT while it waits for old requests to end: traffic has moved, so it goes on to its end', async () => {
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    const slow = fetch(`http://${lab.gateway}:8080/slow?ms=4000`);
    // The request must be on its way to the old container before the pop begins.
    await setTimeout(500);
    const pop = startCmanage(lab, 'pop', 'webapp');
    await reaches(pop, 'pop webapp', 'wait_drained');
    pop.kill('SIGINT');
    const { exitCode, stderr } = await pop;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('finishing where traffic has moved already');
    expect((await slow).status).toBe(200);
    expect(await running('v0.1')).toEqual([]);
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'done' });
  });

  it('two at once: the second one is turned away with the name of the first', async () => {
    lockWait(0);
    const first = startCmanage(lab, 'release', 'webapp', '-v', 'v0.6');
    await reaches(first, 'release webapp -v v0.6', 'wait_healthy');
    const { exitCode, stderr } = await cmanage(lab, 'pop', 'webapp');
    expectMessage(
      { exitCode, stderr },
      { exitCode: 6, says: ['release webapp -v v0.6', 'has held service webapp since'] },
    );
    expect((await first).exitCode).toBe(0);
    expect(await running('v0.2')).toHaveLength(2);
    expect(await running('v0.6')).toHaveLength(4);
  });

  it('two at once, and the second one may wait: both are done, one after the other', async () => {
    lockWait(30);
    const first = startCmanage(lab, 'pop', 'webapp');
    const second = startCmanage(lab, 'release', 'webapp', '-v', 'v0.6');
    const ends = await Promise.all([first, second]);
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await running('v0.2')).toEqual([]);
    expect(await running('v0.6')).toHaveLength(6);
  });
});
