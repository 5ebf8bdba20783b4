import { hostname, userInfo } from 'node:os';
import { credentialsFor } from '../docker/credentials.ts';
import type { Engine } from '../docker/engine.ts';
import { splitImage } from '../docker/registry.ts';
import { execute, type Result } from '../executor/execute.ts';
import type { Tools } from '../executor/perform.ts';
import type { Plan } from '../plan/step.ts';
import type { OperationSummary } from '../plan/summary.ts';
import { beginOperation, type Journal } from '../store/journal.ts';
import { pinHost, readEnvironment } from '../store/state.ts';
import { printable } from '../report/printable.ts';
import type { ChangeOptions } from './options.ts';
import { interruptible } from './interrupt.ts';
import { progressOn } from './progress.ts';
import type { Session } from './session.ts';

export type Work = {
  readonly plan: Plan;
  readonly summary: OperationSummary;
  readonly command: string;
  /** The revision of the state the plan was made from. */
  readonly baseRevision: number;
};

/** How many calls a load balancer gets at once. */
const balancerCalls = 4;

/** Walks a plan under the lock, with its journal. */
export async function apply(
  session: Session,
  options: ChangeOptions,
  { plan, summary, command, baseRevision }: Work,
): Promise<{ operation: number; result: Result }> {
  const { config, database, lock } = session;
  if (!lock) throw new Error('a plan is applied only under the lock');
  const start = { command, actor: actor(), reason: options.reason ?? null, baseRevision };
  const engines = await connectEngines(session, plan);
  const journal = await beginOperation(database, { ...start, plan, summary });
  for (const { id, command: died, actor: who, startedAt } of journal.died) {
    const advice = 'what it had made is still there; the same command again adopts it';
    console.error(
      printable(
        `cmanage: operation ${id} (${died}) by ${who} at ${startedAt} did not come to its end: ${advice}`,
      ),
    );
  }
  const progress = progressOn(process.stderr, plan, options.quiet === true);
  const { signal, restore } = interruptible();
  try {
    const result = await execute(plan, {
      journal,
      tools: await toolsFor(session, engines, journal.commit),
      limitOf: (host) =>
        config.connection.engines.find((engine) => engine.name === host)?.parallel ?? balancerCalls,
      progress: progress.tell,
      signal,
    });
    return { operation: journal.operation, result: await finish(journal, plan, result) };
  } finally {
    progress.end();
    restore();
  }
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

/** The engines of the plan's hosts, connected before the operation begins: what cannot be reached at all is known then. */
async function connectEngines(session: Session, plan: Plan): Promise<Map<string, Engine>> {
  const known = new Set(session.config.connection.engines.map((engine) => engine.name));
  const hosts = [...new Set(plan.steps.map((step) => step.host))].filter((host) => known.has(host));
  const engines = hosts.map(async (host) => [host, await session.engineOf(host)] as const);
  return new Map(await Promise.all(engines));
}

async function toolsFor(
  { config, database }: Session,
  engines: ReadonlyMap<string, Engine>,
  commit: Tools['commit'],
): Promise<Tools> {
  const { connection } = config;
  return {
    engineOf: (host) => known(engines.get(host), host),
    balancerOf: (name) =>
      known(
        connection.balancers.find((balancer) => balancer.name === name),
        name,
      ),
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

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the plan names ${name}, which hosts.yml does not`);
  return found;
}

/** Who changes the environment: the user, the machine, and who became that user by sudo. */
export function actor(): string {
  const sudo = process.env.SUDO_USER;
  return `${userInfo().username}@${hostname()}${sudo ? ` (sudo ${sudo})` : ''}`;
}
