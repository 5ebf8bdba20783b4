import { hostname, userInfo } from 'node:os';
import { credentialsFor } from '../docker/credentials.ts';
import type { Engine } from '../docker/engine.ts';
import { splitImage } from '../docker/registry.ts';
import { execute, type Result } from '../executor/execute.ts';
import type { Tools } from '../executor/perform.ts';
import type { Execution } from '../executor/walk.ts';
import type { Connection } from '../model/connection.ts';
import { needsOf } from '../plan/claims.ts';
import type { Plan } from '../plan/step.ts';
import type { OperationSummary } from '../plan/summary.ts';
import { HostError, UserError } from '../model/errors.ts';
import type { RulesInForce } from '../store/events.ts';
import { beginOperation, type Claim, type Journal } from '../store/journal.ts';
import { findUnderWay } from '../store/locks.ts';
import { pinHost } from '../store/knownHosts.ts';
import { readEnvironment } from '../store/state.ts';
import { refuseFrozen } from './frozen.ts';
import { commandLine } from './commandLine.ts';
import type { ChangeOptions } from './options.ts';
import { interruptible } from './interrupt.ts';
import { logEvent } from './ownLog.ts';
import { progressOn } from './progress.ts';
import { takeTurn, type Session } from './session.ts';
import { lookForUnfinished, tellOfUnfinished } from './unfinished.ts';
import { version } from './version.ts';
import { endedEvent, levelOf, stepEvent, type WorkEvent } from './workEvents.ts';

export type Work = {
  readonly plan: Plan;
  readonly summary: OperationSummary;
  readonly command: string;
  /** The revision of the state the plan was made from. */
  readonly baseRevision: number;
};

export type Ended = { readonly operation: number; readonly result: Result };

/** How many calls a load balancer gets at once. */
const balancerCalls = 4;

/** Walks a plan under its locks, with its journal. */
export async function apply(
  session: Session,
  options: ChangeOptions,
  { plan, summary, command, baseRevision }: Work,
): Promise<Ended> {
  const services = summary.map(({ service }) => service);
  const rules = rulesInForce(session);
  const start = { command, actor: actor(), reason: options.reason ?? null, baseRevision, rules };
  // Who does all that can be done does it also where a host cannot be reached.
  const hosts = plan.onError === 'best-effort' ? plan.steps.map((step) => step.host) : undefined;
  return run(session, options, plan, {
    ...(hosts ? { hosts } : {}),
    begin: async () => {
      const { claim, endTurn } = await claimOf(session, services);
      const unfinished = await lookForUnfinished(session, needsOf(plan, services));
      const journal = await beginOperation(session.database, { ...start, plan, summary }, claim);
      await endTurn();
      tellOfUnfinished(unfinished);
      return journal;
    },
    walk: (execution) => execute(plan, execution),
  });
}

/** Waits for the moment to begin, and says under which names, and beside whom, an operation begins. */
export async function claimOf(
  session: Session,
  services: readonly string[],
): Promise<{ claim: Claim; endTurn: () => Promise<void> }> {
  const { database, config, fence } = session;
  const { names, covers, endTurn } = await takeTurn(session);
  await refuseFrozen(database, services);
  const underWay = await findUnderWay(database, config.settings.statePath, { covers });
  return { claim: { names: names(), fence, underWay }, endTurn };
}

/** What is run under locks: how its record begins, and how its steps are walked. */
export type Course = {
  /** The hosts whose engines may be needed although the plan does not name them; one that cannot be reached fails its steps. */
  readonly hosts?: readonly string[];
  readonly begin: () => Promise<Journal>;
  readonly walk: (execution: Execution) => Promise<Result>;
};

/** Connects the engines of a plan, begins the record of an operation, walks the steps and records how they ended. */
export async function run(
  session: Session,
  options: ChangeOptions,
  plan: Plan,
  { hosts, begin, walk }: Course,
): Promise<Ended> {
  const { config } = session;
  const engines = hosts ? await tryEngines(session, hosts) : await connectEngines(session, plan);
  const journal = await begin();
  const { operation } = journal;
  const started = performance.now();
  const how = { quiet: options.quiet === true, output: options.output };
  const progress = progressOn(process.stderr, { operation, plan }, how);
  const tell = (event: WorkEvent): void => {
    logEvent(levelOf(event), event);
    progress.event(event);
  };
  const { signal, mayGoOn, restore } = interruptible(operation);
  try {
    tell({ event: 'begun', operation, ...asked(options), steps: plan.steps.length });
    const result = await walk({
      journal,
      tools: await toolsFor(session, engines, journal.commit),
      limitOf: (host) =>
        config.connection.engines.find((engine) => engine.name === host)?.parallel ?? balancerCalls,
      progress: (event) => {
        logEvent(event.phase === 'failed' ? 'error' : 'info', stepEvent(operation, event));
        progress.step(event);
      },
      signal,
      mayGoOn,
    });
    const finished = await finish(journal, plan, result);
    tell(endedEvent(operation, finished, performance.now() - started));
    return { operation, result: finished };
  } finally {
    progress.end();
    restore();
  }
}

/** What was typed, by whom and why; an operation that is taken up has other words for its own. */
function asked({ reason }: ChangeOptions): { command: string; actor: string; reason: string | null } {
  return { command: commandLine(process.argv.slice(2)), actor: actor(), reason: reason ?? null };
}

/** Records how an operation ended. Where even that fails, the world is as the result says, but the record of it is not. */
async function finish(journal: Journal, plan: Plan, result: Result): Promise<Result> {
  const [failure] = result.failures;
  try {
    await journal.finish(result.status, failure ? (failure.error as Error).message : null);
    return result;
  } catch (error) {
    const leftovers = plan.steps.slice(-1).map((step) => ({ step, error }));
    return { ...result, status: 'unfinished', leftovers: [...result.leftovers, ...leftovers] };
  }
}

type Engines = ReadonlyMap<string, Engine | HostError>;

/** The engines of the plan's hosts, connected before the operation begins: what cannot be reached at all is known then. */
async function connectEngines(session: Session, plan: Plan): Promise<Engines> {
  const engines = await tryEngines(
    session,
    plan.steps.map((step) => step.host),
  );
  for (const engine of engines.values()) if (engine instanceof HostError) throw engine;
  return engines;
}

/** As far as they can be reached: what is left of an operation elsewhere need not wait for a host that is gone. */
async function tryEngines(session: Session, names: readonly string[]): Promise<Engines> {
  const known = new Set(session.config.connection.engines.map((engine) => engine.name));
  const hosts = [...new Set(names)].filter((host) => known.has(host));
  const engines = hosts.map(async (host): Promise<[string, Engine | HostError]> => {
    try {
      return [host, await session.engineOf(host)];
    } catch (error) {
      if (error instanceof HostError) return [host, error];
      throw error;
    }
  });
  return new Map(await Promise.all(engines));
}

async function toolsFor(
  { config, database }: Session,
  engines: Engines,
  commit: Tools['commit'],
): Promise<Tools> {
  const { connection } = config;
  return {
    engineOf: (host) => {
      const engine = known(engines.get(host), host);
      if (engine instanceof HostError) throw engine;
      return engine;
    },
    balancerOf: balancersOf(connection),
    credentialsOf: async (image) => {
      const { registry } = splitImage(image.replace(/@.*$/, ''));
      return credentialsFor(
        registry,
        connection.registries.find((entry) => entry.address === registry),
      );
    },
    environment: (await readEnvironment(database.source)).id,
    pinHost: (host, id) => pinHost(database, host, id),
    commit,
  };
}

/** The load balancers of hosts.yml, by name. */
export function balancersOf({ balancers }: Connection): Tools['balancerOf'] {
  return (name) =>
    known(
      balancers.find((balancer) => balancer.name === name),
      name,
    );
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined)
    throw new UserError(`the plan names ${name}, which is not in hosts.yml: put it back`);
  return found;
}

/** The rules by which an operation is judged now, for its record. */
export function rulesInForce({ config }: Session): RulesInForce {
  return { cmanage: version(), text: config.rulesText };
}

/** Who changes the environment: the user, the machine, and who became that user by sudo. */
export function actor(): string {
  const sudo = process.env.SUDO_USER;
  return `${userName()}@${hostname()}${sudo ? ` (sudo ${sudo})` : ''}`;
}

/** A user whom the machine has no name for, as in many containers, is told by the number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
