import { ownersOf, stackNamed } from '../model/lookup.ts';
import type { Container, Retained, State } from '../model/state.ts';
import { orphanOn, type Journal, type Orphan } from './orphans.ts';
import { specHash, specOf, type ContainerSpec } from './spec.ts';

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
  /** The engine's own id. */
  readonly id: string;
  readonly name: string;
  /** Whether it has the label of this environment. */
  readonly isOurs: boolean;
  /** The name it was made under: its host name, which a rename leaves as it is. */
  readonly madeAs: string;
  /** The service and stack on its labels. */
  readonly service: string | null;
  readonly stack: string | null;
  /** The hash of the specification it was made from and the number of the operation that made it, as its labels say. */
  readonly spec: string | null;
  readonly operation: number | null;
  /** As the engine says: `running`, `exited`, `paused`, … */
  readonly status: string;
  /** When it was started the last time, by the engine's clock. */
  readonly startedAt: string;
  /** Why it is not healthy; null where it is. */
  readonly problem: string | null;
  /** Whether its image's HEALTHCHECK has not decided yet. */
  readonly isStarting: boolean;
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

/** What is known beside the hosts themselves. */
export type Known = Journal & {
  readonly meant: Meant;
  /** Why some objects are not to be mended now, by their names. */
  readonly spared?: ReadonlyMap<string, string>;
};

/** What a host has of a state's containers, retained ones too, and what it has of ours beside them. */
export type Survey = {
  readonly host: string;
  readonly rows: readonly Surveyed[];
  readonly orphans: readonly Orphan[];
};

/** A container of the state, what stands for it on its host, and in what that is otherwise. */
export type Surveyed = {
  readonly row: Container | Retained;
  readonly found: Observed | undefined;
  readonly drifts: readonly Drift[];
};

/** Compares the containers of a state, retained ones too, with what the hosts have; a service other than null is the only one looked at. */
export function driftOfHosts(
  state: State,
  sightings: Sightings,
  service: string | null,
  known: Known,
): Drift[] {
  return [...sightings].flatMap(([host, seen]): readonly Drift[] => {
    if (seen instanceof Error) return [unreachableHost(host, seen)];
    const { rows, orphans } = survey(state, host, seen, service, known);
    return [...rows.flatMap(({ drifts }) => drifts), ...orphans.map(({ drift }) => drift)];
  });
}

export function unreachableHost(host: string, { message }: Error): Drift {
  const remedy = "see by 'cmanage doctor' what is wrong; nothing is known of its containers until it answers";
  return { kind: 'unreachable', host, service: null, object: host, fact: message, remedy };
}

/** Compares what a state has on a host with what that host was seen to have. */
export function survey(
  state: State,
  host: string,
  seen: readonly Observed[],
  service: string | null,
  known: Known,
): Survey {
  const heeded = (drift: Drift): Drift => ({
    ...drift,
    remedy: known.spared?.get(drift.object) ?? drift.remedy,
  });
  const wanted = [...state.containers, ...state.retained].filter(
    (row) =>
      stackNamed(state, row.stack)?.host === host &&
      (service === null || ownersOf(state, row).service.name === service),
  );
  const rows = wanted.map((row): Surveyed => {
    const found = sameAs(row, seen);
    return { row, found, drifts: driftOf(state, host, row, found, known.meant).map(heeded) };
  });
  const meant = new Set(rows.map(({ found }) => found));
  const orphans = seen
    .filter((one) => one.isOurs && !meant.has(one) && (service === null || one.service === service))
    .map((found) => orphanOn(state, host, found, rows, known))
    .map((orphan) => ({ ...orphan, drift: heeded(orphan.drift) }));
  return { host, rows, orphans };
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
    ? `'cmanage heal' makes it again; 'cmanage prune ${service} --all' forgets it`
    : `'cmanage heal' makes it run again`;
  const say = (kind: DriftKind, fact: string, remedy: string): Drift => ({
    ...{ kind, host, service, object: row.name, fact, remedy },
  });
  if (!found) return [say('missing', `${host} does not have it`, deploy)];
  if (!found.isOurs) {
    const fact = `a container of this name is there, and this environment did not make it`;
    return [say('foreign', fact, `rename or remove it, then ${deploy}`)];
  }
  const { labels, limits } = meant(spec);
  const rests = isRetained && !row.warm;
  const anew = isMeant(found, spec)
    ? `'cmanage heal' replaces it by one as it is meant to be`
    : `'cmanage heal' leaves it, because it was made from another specification: when it may be missed, remove it on ${host} (docker rm -f ${row.name}), then 'cmanage heal'`;
  return [
    ...(found.name === row.name
      ? []
      : [say('renamed', `it is called ${found.name} now`, `'cmanage heal' gives it its name again`)]),
    ...(rests || found.status === 'running' ? [] : [say('stopped', `it is ${found.status}`, deploy)]),
    ...(rests && found.status === 'running'
      ? [say('running', 'it is retained, and was stopped', `'cmanage heal' stops it`)]
      : []),
    ...(!rests && found.status === 'running' && found.problem !== null
      ? [
          say(
            'unhealthy',
            found.problem,
            `look at its log: docker logs ${row.name}; 'cmanage heal' restarts it`,
          ),
        ]
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

/** Whether a container of this environment was made from the very specification that its state has. */
export function isMeant({ spec: hash }: Observed, spec: ContainerSpec): boolean {
  return hash === specHash(spec);
}

function withoutPolicy(limits: Settings): Settings {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => name !== 'RestartPolicy'));
}

function portFact(ports: readonly number[], wanted: number): string {
  return `it publishes ${ports.length === 0 ? 'no port' : `port ${ports.join(', ')}`} and not ${wanted}`;
}

function differing(found: Settings, meant: Settings): string[] {
  return othersIn(found, meant).map(
    (name) => `${name} is ${found[name] ?? 'not set'} and not ${meant[name] ?? ''}`,
  );
}

/** The names of the settings that are otherwise than they are meant to be. */
export function othersIn(found: Settings, meant: Settings): string[] {
  return Object.keys(meant).filter((name) => found[name] !== meant[name]);
}
