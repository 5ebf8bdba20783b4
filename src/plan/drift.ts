import { ownersOf, stackNamed } from '../model/lookup.ts';
import type { Container, Retained, State } from '../model/state.ts';
import { specOf, type ContainerSpec } from './spec.ts';

/** Where the world is otherwise than the state says. */
export type Drift = {
  readonly kind: DriftKind;
  /** The Docker host or load balancer. */
  readonly host: string;
  readonly service: string | null;
  /** The container, or the load balancer itself. */
  readonly object: string;
  readonly fact: string;
  readonly remedy: string;
};

/**
 * `running`: is retained stopped, and runs. `orphan`: has our label, and the state does not have it there. `foreign`: has the name of one of ours, and was made by
 * somebody else. `file` and `traffic`: what a load balancer's configuration says, and what it does.
 */
export type DriftKind =
  | ('unreachable' | 'missing' | 'renamed' | 'foreign' | 'orphan')
  | ('stopped' | 'running' | 'unhealthy' | 'image' | 'port' | 'limits' | 'labels')
  | ('file' | 'traffic');

/** A container that an engine has, as far as it can differ from what we meant. */
export type Observed = {
  readonly name: string;
  /** Whether it has the label of this environment. */
  readonly isOurs: boolean;
  /** The name it was made under: its host name, which a rename leaves as it is. */
  readonly madeAs: string;
  /** The service and stack on its labels. */
  readonly service: string | null;
  readonly stack: string | null;
  /** As the engine says: `running`, `exited`, `paused`, … */
  readonly status: string;
  /** Why it is not healthy; null where it is. */
  readonly problem: string | null;
  readonly image: string;
  readonly hostPorts: readonly number[];
  readonly labels: Settings;
  readonly limits: Settings;
};

/** Values as text, by name. */
export type Settings = Readonly<Record<string, string>>;

/** What the labels and limits of a container are meant to be. */
export type Meant = (spec: ContainerSpec) => { readonly labels: Settings; readonly limits: Settings };

/** What each host has, or why it could not be asked. */
export type Sightings = ReadonlyMap<string, readonly Observed[] | Error>;

/** Compares the containers of a state, retained ones too, with what the hosts have; a service other than null is the only one looked at. */
export function driftOfHosts(
  state: State,
  sightings: Sightings,
  service: string | null,
  meant: Meant,
): Drift[] {
  return [...sightings].flatMap(([host, seen]): Drift[] => {
    if (seen instanceof Error) {
      const remedy = 'nothing is known of its containers until it answers';
      return [{ kind: 'unreachable', host, service: null, object: host, fact: seen.message, remedy }];
    }
    const wanted = [...state.containers, ...state.retained].filter(
      (row) =>
        stackNamed(state, row.stack)?.host === host &&
        (service === null || ownersOf(state, row).service.name === service),
    );
    const known = wanted.flatMap((row) => sameAs(row, seen) ?? []);
    const others = seen.filter(
      (one) => one.isOurs && !known.includes(one) && (service === null || one.service === service),
    );
    return [
      ...wanted.flatMap((row) => driftOf(state, host, row, sameAs(row, seen), meant)),
      ...others.map((one) => orphan(state, host, one)),
    ];
  });
}

/** The container that stands for a row: of its name, or else made under it for its stack and renamed since. */
function sameAs({ name, stack }: Container, seen: readonly Observed[]): Observed | undefined {
  return (
    seen.find((one) => one.name === name) ??
    seen.find((one) => one.isOurs && one.madeAs === name && one.stack === stack)
  );
}

function driftOf(
  state: State,
  host: string,
  row: Container | Retained,
  found: Observed | undefined,
  meant: Meant,
): Drift[] {
  const spec = specOf(state, row);
  const { service } = spec;
  const isRetained = 'since' in row;
  const deploy = isRetained
    ? `a rollback makes it anew; 'cmanage prune ${service} --all' forgets it`
    : `'cmanage deploy containers ${service}' makes it again`;
  const say = (kind: DriftKind, fact: string, remedy: string): Drift => ({
    ...{ kind, host, service, object: row.name, fact, remedy },
  });
  if (!found) return [say('missing', `${host} does not have it`, deploy)];
  if (!found.isOurs) {
    const fact = `a container of this name is there, and this environment did not make it`;
    return [say('foreign', fact, `rename or remove it, then ${deploy}`)];
  }
  if (found.name !== row.name) {
    const remedy = `rename it on ${host}: docker rename ${found.name} ${row.name}`;
    return [say('renamed', `it is called ${found.name} now`, remedy)];
  }
  const { labels, limits } = meant(spec);
  const rests = isRetained && !row.warm;
  const anew = `remove it on ${host} when it may be missed (docker rm -f ${row.name}), then ${deploy}`;
  return [
    ...(rests || found.status === 'running' ? [] : [say('stopped', `it is ${found.status}`, deploy)]),
    ...(rests && found.status === 'running'
      ? [say('running', 'it is retained, and was stopped', `stop it on ${host}: docker stop ${row.name}`)]
      : []),
    ...(!rests && found.status === 'running' && found.problem !== null
      ? [say('unhealthy', found.problem, `look at its log: docker logs ${row.name}`)]
      : []),
    ...(found.image === spec.image
      ? []
      : [say('image', `it was made from ${found.image} and not from ${spec.image}`, anew)]),
    ...(found.hostPorts.includes(spec.hostPort)
      ? []
      : [say('port', portFact(found.hostPorts, spec.hostPort), anew)]),
    // Its restart policy is taken away with the stop.
    ...differing(found.limits, rests ? withoutPolicy(limits) : limits).map((fact) =>
      say('limits', fact, anew),
    ),
    ...differing(found.labels, labels).map((fact) => say('labels', fact, anew)),
  ];
}

function withoutPolicy(limits: Settings): Settings {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => name !== 'RestartPolicy'));
}

function portFact(ports: readonly number[], wanted: number): string {
  return `it publishes ${ports.length === 0 ? 'no port' : `port ${ports.join(', ')}`} and not ${wanted}`;
}

function differing(found: Settings, meant: Settings): string[] {
  return Object.entries(meant)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => `${name} is ${found[name] ?? 'not set'} and not ${value}`);
}

function orphan(state: State, host: string, { name, service }: Observed): Drift {
  const row = state.containers.find((container) => container.name === name);
  const elsewhere = row && stackNamed(state, row.stack)?.host;
  const fact =
    elsewhere === undefined ? 'the state does not have it' : `the state has it on ${elsewhere}, not here`;
  const remedy = `'cmanage history' tells whether an operation left it; remove it on ${host}: docker rm -f ${name}`;
  return { kind: 'orphan', host, service, object: name, fact, remedy };
}
