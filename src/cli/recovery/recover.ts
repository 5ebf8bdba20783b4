import { checkRecovered, linksOnLabel, rowsSaid, settingsOnLabel } from '../../config/recovered.ts';
import { recollect } from '../../docker/recollect.ts';
import { contentsOf, readGeneration } from '../../haproxy/render.ts';
import { notedRows } from '../../haproxy/rowNotes.ts';
import { UserError } from '../../model/errors.ts';
import { refusal, type Violation } from '../../model/violation.ts';
import { recoverState, type Served } from '../../plan/recover.ts';
import type { Relic } from '../../plan/relics.ts';
import { unknownLines } from '../../report/recovered.ts';
import type { LeftAlone } from '../../report/recording.ts';
import { isFresh } from '../../store/identity.ts';
import { readLiveConfigs } from '../balancerFiles.ts';
import { isWalked, refuse } from '../change.ts';
import type { ChangeOptions } from '../options.ts';
import { recordState } from './recordState.ts';
import { openSession, type Session } from '../session.ts';

export type RecoverOptions = ChangeOptions & {
  readonly environment?: string;
  readonly acceptGuesses?: boolean;
};

/** `cmanage recover --from-hosts`: a fresh database gets the state that the hosts and load balancers tell of. Nothing there is touched. */
export async function recover(options: RecoverOptions): Promise<number> {
  const session = await openSession(options, { write: isWalked(options) });
  try {
    if (!(await isFresh(session.database.source))) return refuse(options, [notLost(session)]);
    const [found, served] = await Promise.all([everythingOn(session), servedBy(session)]);
    const environment = oneOf(found.relics, options.environment);
    const isOurs = ({ labels }: Relic): boolean => labels.environment === environment;
    const ours = found.relics.filter(isOurs);
    const recovered = recoverState(ours, served, session.config.environment, Date.now());
    checkRecovered(recovered.state, environment);
    if (recovered.unproven.length > 0 && options.acceptGuesses !== true)
      return refuse(options, recovered.unproven.map(notCertain));
    const others = found.relics.filter((relic) => !isOurs(relic));
    return await recordState(session, options, {
      ...{ next: recovered.state, environment, isJudged: false },
      lastOperation: Math.max(0, ...ours.map(({ labels }) => labels.operation)),
      because: 'the hosts and load balancers say so',
      unknown: unknownLines(recovered),
      leftAlone: [
        ...recovered.leftOver,
        ...others.map(ofAnother),
        ...found.foreign.map((one) => ({ ...one, why: 'cmanage did not make it' })),
      ],
    });
  } finally {
    await session.close();
  }
}

type Found = {
  readonly relics: readonly Relic[];
  readonly foreign: readonly { host: string; name: string }[];
};

/** Looks at every host of hosts.yml. One that does not answer stops it: its containers would be missing in the state. */
async function everythingOn({ config, engineOf }: Session): Promise<Found> {
  const read = { settings: settingsOnLabel, links: linksOnLabel };
  const looks = config.connection.engines.map(async ({ name }) => {
    const { relics, foreign } = await recollect(await engineOf(name), read);
    return { relics, foreign: foreign.map((container) => ({ host: name, name: container })) };
  });
  const found = await Promise.all(looks);
  return { relics: found.flatMap(({ relics }) => relics), foreign: found.flatMap(({ foreign }) => foreign) };
}

/** What the load balancers say. They were all given the same rows, and where they differ nobody knows which are right. */
async function servedBy({ config }: Session): Promise<Served> {
  const live = [...(await readLiveConfigs(config))].filter(([, text]) => readGeneration(text) !== null);
  const said = live.map(([name, text]) => {
    const { servers } = contentsOf(text);
    const noted = notedRows(text);
    if (noted === null && servers.size > 0) {
      const fact =
        'its configuration was written by an earlier cmanage, and does not say the rows it was made of';
      throw new UserError(`${name}: ${fact}: restore a backup, or import an export`);
    }
    const rows = rowsSaid(name, noted ?? { endpoint: [], edge: [], external: [], traffic: [] });
    const backends = new Map(
      [...servers].map(([backend, list]) => [backend, list.map((server) => server.name)]),
    );
    return { name, served: { ...rows, backends } };
  });
  const [first, ...others] = said;
  if (!first) return { endpoints: [], edges: [], externals: [], traffic: [], backends: new Map() };
  const textOf = (rows: Served): string => JSON.stringify({ ...rows, backends: null });
  const other = others.find(({ served }) => textOf(served) !== textOf(first.served));
  if (!other) return first.served;
  const remedy = 'put the configuration that is right on both of them, without a reload, and try again';
  throw new UserError(`${first.name} and ${other.name} say other endpoints or relations: ${remedy}`);
}

/** The environment that is meant: the only one there is, or the one that was named. */
function oneOf(relics: readonly Relic[], wanted: string | undefined): string {
  const counts = new Map<string, number>();
  for (const { labels } of relics) counts.set(labels.environment, (counts.get(labels.environment) ?? 0) + 1);
  const listed = [...counts].map(([id, count]) => `${id} (${count} containers)`).join(', ');
  if (wanted !== undefined) {
    if (counts.has(wanted)) return wanted;
    throw new UserError(`no container is of environment ${wanted}; there are ${listed || 'none of any'}`);
  }
  const [only, ...others] = counts.keys();
  if (only === undefined)
    throw new UserError('no host has a container with a label of cmanage: there is nothing to recover from');
  if (others.length === 0) return only;
  throw new UserError(`the hosts have containers of several environments: ${listed}; give --environment ID`);
}

function notLost({ state }: Session): Violation {
  const fact = `it is at revision ${state.revision}, and not lost`;
  const remedy = "'cmanage verify' compares it with the hosts; to begin anew, move the state database away";
  return refusal('recover', 'the state', fact, remedy);
}

function notCertain(name: string): Violation {
  const fact = 'its label does not prove the settings that are thought to be its own';
  const remedy = 'restore a backup or import an export, or take it as it is by --accept-guesses';
  return refusal('recover', name, fact, remedy);
}

function ofAnother({ host, name, labels }: Relic): LeftAlone {
  return { host, name, why: `it is of environment ${labels.environment}` };
}
