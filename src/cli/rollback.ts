import { retain } from '../actions/retention.ts';
import { rollback, servicesIn, type Scope } from '../actions/rollback.ts';
import { rollbackNotes } from '../actions/rollbackNotes.ts';
import { HostError, UserError } from '../model/errors.ts';
import { endpointNamed, ownersOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { locksFor, treeMates } from '../plan/beside.ts';
import { printable } from '../report/printable.ts';
import { loadPart } from '../store/state.ts';
import { complain } from './complain.ts';
import { changeIn, isWalked, refuse } from './change.ts';
import { exitCode } from './exit.ts';
import { stateAfter, stateBeforeLastChange, type Target } from './findTarget.ts';
import { lookForImages } from './lookForImages.ts';
import { lostRetained, observeState } from './observe.ts';
import type { ChangeOptions } from './options.ts';
import { inSession, missingName, requireService, secure, type Session } from './session.ts';

export type RollbackOptions = ChangeOptions & {
  /** The operation after which the state was as it is to be again; without it, the last change is taken back. */
  readonly to?: number;
  readonly tree?: string;
};

/** Takes the containers of a service, or a whole tree, back to what the journal says they were. */
export async function rollBack(service: string | null, options: RollbackOptions): Promise<number> {
  return inSession(options, { write: isWalked(options) }, async (session) => {
    const scope = scopeOf(session.state, service, options.tree ?? null);
    // What is being changed now is the last change only once that has ended.
    await secure(session, locksFor(treeMates(servicesIn(session.state, scope), session.state), []));
    const target = await findTarget(session, scope, options.to ?? null);
    if (!target.ok) return refuse(options, target.violations);
    const { then, which } = target.value;
    const name = 'service' in scope ? scope.service : `the tree of ${scope.endpoint}`;
    if (options.quiet !== true) {
      complain('info', printable(`cmanage: ${name} goes back to what it was ${which}`));
    }
    const lost = await lostRetained(session, servicesIn(then, scope));
    const code = await changeIn(session, options, {
      process: (state, environment, { now }) =>
        retain(state, rollback(state, then, scope, environment, lost), now),
      notes: rollbackNotes(session.state, then, scope),
      goesBack: true,
      asks: 'where-containers-go',
      lookAhead: (before, next) => lookForImages(session, before, next),
    });
    if (code !== exitCode.done || !isWalked(options)) return code;
    return (await doesRun(session, servicesIn(then, scope))) ? exitCode.done : exitCode.drift;
  });
}

function scopeOf(state: State, service: string | null, endpoint: string | null): Scope {
  if (endpoint === null) {
    if (service === null) {
      throw new UserError("name a service, or a tree: 'cmanage rollback SERVICE' or '--tree ENDPOINT'");
    }
    return { service: requireService(state, service).name };
  }
  if (!endpointNamed(state, endpoint)) {
    missingName(
      'endpoint',
      endpoint,
      state.endpoints.map(({ name }) => name),
    );
  }
  if (service !== null && !servicesIn(state, { endpoint }).includes(service)) {
    throw new UserError(`${service} is not in the tree of ${endpoint}: see 'cmanage show tree ${endpoint}'`);
  }
  return { endpoint };
}

async function findTarget(session: Session, scope: Scope, to: number | null): Promise<Outcome<Target>> {
  return to === null ? stateBeforeLastChange(session, scope) : proposed(await stateAfter(session, to));
}

/**
 * Looks whether all containers of the services run. Those that stayed were not touched, and may have died long ago;
 * a rollback that ends with one of them down has not brought back what was asked for.
 */
async function doesRun(session: Session, services: readonly string[]): Promise<boolean> {
  const state = await loadPart(session.database.source, services);
  const looks = services.map((service) => lookAt({ ...session, state }, service));
  const down = (await Promise.all(looks)).flat();
  for (const line of down) complain('warning', printable(`cmanage: ${line}`));
  return down.length === 0;
}

async function lookAt(session: Session, service: string): Promise<string[]> {
  const { state } = session;
  try {
    const running = new Set((await observeState(session, service)).containers);
    return state.containers
      .filter((container) => !running.has(container))
      .map((container) => {
        const { host } = ownersOf(state, container).stack;
        return `${container.name} on ${host} is recorded, and does not run as it is; bring it up by 'cmanage deploy containers ${service}'`;
      });
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return [`it is not known whether all of ${service} runs: ${error.message}`];
  }
}
