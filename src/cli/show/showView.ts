import { HostError, UserError } from '../../model/errors.ts';
import { matchesPattern } from '../../model/rules.ts';
import { deployed, type StatusOf } from '../../report/inventory.ts';
import { printable } from '../../report/printable.ts';
import type { Answer, View } from '../../report/kinds/view.ts';
import { readLastChanges } from '../../store/lastChanges.ts';
import { complain } from '../complain.ts';
import type { ShowOptions, Thing } from '../commands/show.ts';
import { missingName, missingStage, type Session } from '../session.ts';

/** What `--live` asks for each kind; the others have nothing that is live. */
const askedLive: Partial<Record<Thing, 'containers' | 'hosts' | 'balancers'>> = {
  ...{ services: 'containers', stacks: 'containers', containers: 'containers', endpoints: 'containers' },
  ...{ state: 'containers', hosts: 'hosts', loadbalancers: 'balancers' },
};

/** Gathers what is shown beside the state itself, and no more than a kind shows: whoever asks nobody is answered at once. */
export async function viewOf(what: Thing, options: ShowOptions, session: Session): Promise<View> {
  const { state, config, database } = session;
  const { environment, connection } = config;
  const { live } = options;
  if (what === 'state') refuseParts(options);
  refuseUnknownPlaces(options, session);
  if (live && !askedLive[what]) throw new UserError(`nothing of ${what} is live: leave --live out`);
  if (options.upstream && what !== 'services') {
    throw new UserError('--upstream goes with services: nothing else has tags in a registry');
  }
  return {
    ...{ state, environment, connection, isLive: live, isUpstreamAsked: options.upstream },
    shownStages: environment.rules.stages.filter(
      (stage) => options.stage === null || matchesPattern(options.stage, stage),
    ),
    statusOf: live && askedLive[what] === 'containers' ? await liveStatusOf(session) : deployed,
    answers: live ? await answersOf(what, session) : new Map(),
    changes: ['services', 'stacks', 'endpoints', 'state'].includes(what)
      ? await readLastChanges(database.source)
      : new Map(),
    upstream: ['services', 'state'].includes(what) ? await upstreamOf(options, session) : new Map(),
  };
}

/** The whole state is of several kinds, which have no rows and columns in common. */
function refuseParts({ pattern, stage, host, sort, columns, output }: ShowOptions): void {
  const isPart = [pattern, stage, host, sort, columns].some((asked) => asked !== null);
  if (!isPart && output !== 'csv' && output !== 'template') return;
  throw new UserError(
    "'show state' shows all there is; rows, columns, CSV and templates are of one kind, as of 'cmanage show services'",
  );
}

/** A stage or host that is nowhere was mistyped, and must not look like one that has nothing. */
function refuseUnknownPlaces({ stage, host }: ShowOptions, { state, config }: Session): void {
  const { stages } = config.environment.rules;
  if (stage !== null && !stages.some((name) => matchesPattern(stage, name))) missingStage(stage, stages);
  const hosts = [...config.environment.hosts.map(({ name }) => name), ...state.stacks.map((row) => row.host)];
  if (host !== null && !hosts.some((name) => matchesPattern(host, name))) missingName('host', host, hosts);
}

async function liveStatusOf(session: Session): Promise<StatusOf> {
  const { liveStatuses } = await import('../observe.ts');
  const statuses = await liveStatuses(session);
  return ({ name }) => statuses(name);
}

async function answersOf(what: Thing, session: Session): Promise<ReadonlyMap<string, Answer>> {
  switch (askedLive[what]) {
    case 'hosts':
      return askHosts(session);
    case 'balancers':
      return askBalancers(session);
    default:
      return new Map();
  }
}

async function askHosts({ config, engineOf }: Session): Promise<Map<string, Answer>> {
  const { engineId } = await import('../../docker/hosts.ts');
  const ask = async (host: string): Promise<Answer> => {
    await engineId(await engineOf(host), null);
    return { status: 'ok', fact: null };
  };
  const asked = config.connection.engines.map(
    async ({ name }) => [name, await ask(name).catch(unreachable)] as const,
  );
  return new Map(await Promise.all(asked));
}

async function askBalancers(session: Session): Promise<Map<string, Answer>> {
  const { driftOfBalancers, seeBalancers } = await import('../see.ts');
  const seen = await seeBalancers(session);
  const drift = driftOfBalancers(session, seen);
  return new Map(
    [...seen].map(([name, one]): [string, Answer] => {
      if (one instanceof Error) return [name, unreachable(one)];
      const fact = drift.find(({ host }) => host === name)?.fact ?? null;
      return [name, { status: fact === null ? 'ok' : 'differs', fact }];
    }),
  );
}

function unreachable(error: unknown): Answer {
  if (error instanceof HostError || error instanceof UserError) {
    return { status: 'unreachable', fact: error.message };
  }
  throw error;
}

async function upstreamOf({ upstream }: ShowOptions, { state, config }: Session): Promise<View['upstream']> {
  const { cacheDirectory, readHeard } = await import('../tagCache.ts');
  const directory = cacheDirectory(process.env);
  const images = state.services.filter(({ pull }) => pull === 'registry').map(({ image }) => image);
  if (!upstream) return readHeard(directory, images);
  const { askUpstream } = await import('./askUpstream.ts');
  return askUpstream(images, config.connection.registries, directory, ({ message }) => {
    complain('warning', printable(`warning: ${message}`));
  });
}
