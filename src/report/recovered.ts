import type { Recovered } from '../plan/recover.ts';

/** What a recovery could not find out, and what it took instead: a line each. */
export function unknownLines({ state, unproven, byAge, retaining }: Recovered): string[] {
  const served = new Set(state.endpoints.map(({ service }) => service));
  const unserved = state.services.map(({ name }) => name).filter((name) => !served.has(name));
  const called = new Set(state.edges.flatMap(({ parent, child }) => [parent, child]));
  const alone = unserved.filter((name) => !called.has(name));
  return [
    'what was done before: the history begins anew, and a rollback goes back no further',
    `the revision and the number of the last operation: ${state.revision} is the highest on any label`,
    'names that were given and are gone: counters go on after the highest that is there',
    'how containers come up (--parallelism, --order, --on-failure, …): the defaults hold again',
    ...(retaining.length > 0
      ? [`how many popped containers are kept: as many as there are, for ${retaining.join(', ')}`]
      : ['whether popped containers are to be kept: no service keeps any']),
    ...(byAge.length > 0
      ? [`the order of containers of one version, of ${byAge.join(', ')}: by their age`]
      : []),
    ...(alone.length > 0
      ? [`how ${alone.join(', ')} would be called, and the drain limit: the defaults hold again`]
      : []),
    'when images were made, services without a container, external services that nobody calls',
    ...(unproven.length > 0 ? [`the settings of ${unproven.join(', ')}: they are guessed`] : []),
  ];
}
