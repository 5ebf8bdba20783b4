import { describe, expect, it } from '@jest/globals';
import { heal } from '../../src/plan/heal.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { inShort, refuse, scenes, verbs } from '../support/scene.ts';
import { meant } from '../support/sickWorld.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const hosts = ['docker01', 'docker02'];
const state = makeState({ webapp: { hosts, versions: ['v1'] } });
const nothing = { sightings: new Map(hosts.map((host) => [host, []])), balancers: new Map() };
const known = { meant, explained: new Set<string>(), handled: new Set<string>() };
/** Both containers are missing. */
const { plan } = heal(state, nothing, { environment, known, allowOutage: false });

describe('execute: a plan that mends', () => {
  it('makes what can be made, undoes nothing, and ends as done without what failed', async () => {
    const { engines, run } = await scene();
    engines.docker02.distort = (found) => ({ ...found, State: { Status: 'exited', ExitCode: 3 } });
    const result = await run(plan);
    expect(result).toMatchObject({ status: 'done', paused: false });
    expect(inShort(result)).toMatchObject({ failures: ['wait_healthy docker02'], leftovers: [] });
    expect([engines.docker01.containers.size, engines.docker02.containers.size]).toEqual([1, 1]);
  });

  it('tries nothing that needs a step which failed, and goes on with the rest', async () => {
    const { engines, journal, run } = await scene();
    engines.docker02.interfere = refuse('pull');
    const result = await run(plan);
    expect(result.status).toBe('done');
    expect(inShort(result)).toMatchObject({ failures: ['pull_image docker02'], leftovers: [] });
    expect(verbs(engines.docker01)).toBe('pull create start');
    expect(engines.docker02.containers.size).toBe(0);
    const elsewhere = plan.steps.filter(
      ({ host, kind }) => host === 'docker02' && !['check_host', 'pull_image'].includes(kind),
    );
    expect(elsewhere).not.toEqual([]);
    for (const { seq } of elsewhere) expect(journal).toContain(`${seq} skipped`);
  });
});
