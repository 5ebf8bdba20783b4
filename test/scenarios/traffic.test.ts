import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { wipeContainers } from '../../lab/faults.ts';
import { succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { answersAt } from '../support/http.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';

/** Clients that keep their connection and clients that do not ask production without a pause, whatever is changed. */
describeLab('changes that succeed cost no request', (lab) => {
  let load: Load | undefined;

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    load = startLoad(lab, 8080);
  });
  afterAll(() => load?.stop());

  it.each([
    ['a release', ['release', 'webapp', '-v', 'v0.4']],
    ['a pop, which replaces what production runs', ['pop', 'webapp']],
    ['a release of two versions', ['release', 'webapp', '-v', 'v0.5', 'v0.6']],
    ['a pop in the middle', ['pop', 'webapp', '--stackpointer', '1']],
    ['another pop', ['pop', 'webapp']],
    ['a new front door', ['addendpoint', 'www', '-s', 'webapp', '-p', '8085']],
    ['a front door that goes', ['delete', 'endpoint', 'webapp-endpoint-www']],
  ])('%s', async (_what, args) => {
    load?.look();
    await succeed(lab, ...args);
    await sleep(200);
    const { answered, failed } = load?.look() ?? { answered: 0, failed: ['no load'] };
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(50);
  });

  it('and production runs what was promoted last', async () => {
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.4'] });
  });

  it('while a loss that nobody guards against is seen by these clients', async () => {
    await Promise.all(lab.hosts.map(wipeContainers));
    await sleep(200);
    expect(load?.look().failed.length).toBeGreaterThan(0);
  });
});
