import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { Relic, RelicLabels } from '../plan/relics.ts';
import { label } from './containerBody.ts';
import { inspect } from './containers.ts';
import { within } from './deadline.ts';
import { onEngine, type Engine } from './engine.ts';
import { inspectImage } from './images.ts';

/** Seconds for the list of all containers of a host. */
const listDeadline = 10;
/** Inspections under way at once on a host. */
const atOnce = 8;

/** What the labels of a container hold that are no plain words; null where they are not there or make no sense. */
export type LabelReader = {
  readonly settings: (text: string | undefined) => Relic['settings'];
  readonly links: (text: string | undefined) => Relic['links'];
};

/** What a host has: the containers with a label of cmanage, of whatever environment, and the names of all others. */
export type Recollection = { readonly relics: readonly Relic[]; readonly foreign: readonly string[] };

/** Looks at everything on a host, and changes nothing. */
export async function recollect(engine: Engine, read: LabelReader): Promise<Recollection> {
  const list = (signal: AbortSignal): Promise<ContainerInfo[]> =>
    engine.docker.listContainers({ all: true, abortSignal: signal });
  const all = await within(listDeadline, null, list).catch(onEngine(engine, 'listing its containers'));
  const isOurs = ({ Labels }: ContainerInfo): boolean => Labels[label.environment] !== undefined;
  const relics: Relic[] = [];
  const waiting = all.filter(isOurs).values();
  const look = async (): Promise<void> => {
    for (const { Id } of waiting) {
      const found = await inspect(engine, Id, null);
      // One that went in the meantime is not there.
      if (found) relics.push(await relicOf(engine, found, read));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return {
    relics: relics.sort((a, b) => (a.name < b.name ? -1 : 1)),
    foreign: all
      .filter((info) => !isOurs(info))
      .map(({ Names }) => plainName(Names[0]))
      .sort(),
  };
}

async function relicOf(engine: Engine, found: ContainerInspectInfo, read: LabelReader): Promise<Relic> {
  const { Config, State, HostConfig } = found;
  const bindings = Object.values(
    (HostConfig.PortBindings ?? {}) as Record<string, { HostPort?: string }[] | null>,
  );
  const ports = bindings.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort)));
  const stoppedAt = State.Running ? NaN : Date.parse(State.FinishedAt);
  return {
    host: engine.name,
    name: plainName(found.Name),
    madeAs: Config.Hostname,
    status: State.Status,
    comesBack: HostConfig.RestartPolicy?.Name !== 'no',
    stoppedAt: stoppedAt > 0 ? stoppedAt : null,
    labels: labelsOf(Config.Labels),
    image: Config.Image,
    tagged: Config.Image.includes('@') ? null : await repositoryOf(engine, Config.Image),
    hostPort: ports[0] ?? null,
    env: Object.fromEntries(((Config.Env as string[] | null) ?? []).map(variable)),
    settings: read.settings(Config.Labels[label.settings]),
    links: read.links(Config.Labels[label.links]),
  };
}

function labelsOf(labels: Readonly<Record<string, string>>): RelicLabels {
  const of = (name: string): string => labels[name] ?? '';
  return {
    environment: of(label.environment),
    service: of(label.service),
    stack: of(label.stack),
    version: of(label.version),
    digest: of(label.digest),
    spec: of(label.spec),
    operation: Number(of(label.operation)) || 0,
  };
}

/** A repository of an image that is on the host alone; it may have none any more. */
async function repositoryOf(engine: Engine, image: string): Promise<string | null> {
  const tags = (await inspectImage(engine, image, null))?.RepoTags ?? [];
  return tags[0]?.replace(/:[^:/]*$/, '') ?? null;
}

/** Of several variables of one name the last one counts, as in the container itself. */
function variable(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function plainName(name: string | undefined): string {
  return (name ?? '').replace(/^\//, '');
}
