import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { Meant, Observed, Settings } from '../plan/drift.ts';
import type { ContainerSpec } from '../plan/spec.ts';
import { readList } from './answers.ts';
import { label, lastingLabels, limitsOf } from './containerBody.ts';
import { inspect } from './containers.ts';
import { within } from './deadline.ts';
import { onEngine, type Engine } from './engine.ts';
import { problemOf } from './health.ts';

/** Seconds for the list of all containers of a host. */
const listDeadline = 10;
/** Inspections under way at once on a host. */
const atOnce = 8;

/**
 * What a host has of this environment: the containers with its label, and those of a name it gives. Those that
 * `specOf` knows are asked for their health.
 */
export async function sight(
  engine: Engine,
  environment: string,
  specOf: (name: string) => ContainerSpec | null,
): Promise<Observed[]> {
  const list = (signal: AbortSignal): Promise<ContainerInfo[]> =>
    engine.docker.listContainers({ all: true, abortSignal: signal });
  const all = await within(listDeadline, null, list)
    .then(readList)
    .catch(onEngine(engine, 'listing its containers'));
  const names = all
    .filter(
      ({ Labels, Names }) => Labels[label.environment] === environment || specOf(nameIn(Names)) !== null,
    )
    .map(({ Names }) => nameIn(Names));
  const seen: Observed[] = [];
  const waiting = names.values();
  const look = async (): Promise<void> => {
    for (const name of waiting) {
      const found = await inspect(engine, name, null);
      // One that went in the meantime is not there.
      if (found) seen.push(await observed(engine, environment, found, specOf(name)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return seen.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What we meant a container to have, in the words of `sight`. */
export const meant: Meant = (spec) => ({
  labels: lastingLabels(spec),
  limits: settingsOf(limitsOf(spec)),
});

async function observed(
  engine: Engine,
  environment: string,
  found: ContainerInspectInfo,
  spec: ContainerSpec | null,
): Promise<Observed> {
  const { Config, State, HostConfig } = found;
  const isOurs = Config.Labels[label.environment] === environment;
  const bindings = Object.values(
    (HostConfig.PortBindings ?? {}) as Record<string, { HostPort?: string }[] | null>,
  );
  const { Health: health } = State as { Health?: { Status: string } };
  const operation = Number(Config.Labels[label.operation]);
  return {
    id: found.Id,
    name: nameIn([found.Name]),
    isOurs,
    madeAs: Config.Hostname,
    service: Config.Labels[label.service] ?? null,
    stack: Config.Labels[label.stack] ?? null,
    spec: Config.Labels[label.spec] ?? null,
    operation: Number.isSafeInteger(operation) ? operation : null,
    status: State.Status,
    startedAt: State.StartedAt,
    problem: isOurs && spec && State.Running ? await problemOf(engine, spec, found) : null,
    isStarting: health?.Status === 'starting',
    image: Config.Image,
    hostPorts: bindings.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort))),
    labels: Config.Labels,
    limits: settingsOf(HostConfig),
  };
}

function nameIn(names: readonly string[]): string {
  return (names[0] ?? '').replace(/^\//, '');
}

/** Settings as text that can be compared: what an engine leaves out and what it sets to nothing are the same. */
function settingsOf(settings: object): Settings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).sort().join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([, one]) => one !== 0 && one !== '')
    .map(([name, one]) => `${name}=${textOf(one)}`)
    .sort()
    .join(' ');
}
