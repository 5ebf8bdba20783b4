import { servicesIn, shapeOf, type Scope } from '../actions/rollback.ts';
import type { StateChange } from '../model/change.ts';
import { UserError } from '../model/errors.ts';
import { pastOf } from '../model/past.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { changesBackFrom, readOperations, type Operation, type Recorded } from '../store/history.ts';
import type { Session } from './session.ts';

/** The state that a rollback goes back to, and which it is, in words. */
export type Target = { readonly then: State; readonly which: string };

/** The state as it was after an operation, whatever became of that one. */
export async function stateAfter(session: Session, id: number): Promise<Target> {
  const operations = await readOperations(session.database.source);
  const operation = operations.find((row) => row.id === id);
  if (!operation) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
  const revision = operation.revision ?? operation.baseRevision;
  const past = pastOf(session.state);
  for await (const recorded of changesBackFrom(session.database.source, session.state.revision)) {
    if (recorded.revision <= revision) break;
    takeBack(past, recorded);
  }
  return { then: past.state(), which: `after operation ${id} (${operation.command})` };
}

/**
 * The state before the last operation that changed what a rollback would bring back: the containers of the services,
 * whatever happened to the number and the hosts of their stacks since.
 */
export async function stateBeforeLastChange(session: Session, scope: Scope): Promise<Outcome<Target>> {
  const { state, database } = session;
  const name = 'service' in scope ? scope.service : scope.endpoint;
  const past = pastOf(state);
  const shape = shapeOf(state, scope);
  let services = new Set(servicesIn(state, scope));
  for await (const recorded of changesBackFrom(database.source, state.revision)) {
    takeBack(past, recorded);
    if (!mayConcern(recorded.change, scope, services)) continue;
    const then = past.state();
    services = new Set([...services, ...servicesIn(then, scope)]);
    if (shapeOf(then, scope) === shape) continue;
    const { id, command } = recorded;
    if (isNew(recorded.change, name)) {
      const fact = `it came with operation ${id} (${command}), and before that there was none of it`;
      return refused(refusal('rollback', name, fact, "take it away by 'cmanage delete'"));
    }
    const unclear = await unrecorded(session, { scope, services, then });
    if (unclear) return refused(unclear);
    return proposed({ then, which: `before operation ${id} (${command})` });
  }
  const fact = 'nothing is recorded that changed its containers';
  return refused(refusal('rollback', name, fact, "see 'cmanage history'"));
}

/** Takes a recorded change back; one that does not fit means that the journal or the state was edited. */
export function takeBack(past: ReturnType<typeof pastOf>, { id, command, change }: Recorded): void {
  if (past.takeBack(change)) return;
  throw new UserError(
    `the journal does not fit the state: what operation ${id} (${command}) recorded is not what there is; ` +
      `one of the two was edited, so that nothing before it can be known; restore a backup of the state database`,
  );
}

/** Whether a change has rows of a scope, told by their names alone: most changes are of other services. */
function mayConcern(change: StateChange, scope: Scope, services: ReadonlySet<string>): boolean {
  const { containers, endpoints, edges } = change;
  const rows = [...containers.removed, ...containers.added, ...change.stacks.removed, ...change.stacks.added];
  const isOurs = (row: (typeof rows)[number]): boolean =>
    services.has(('stack' in row ? row.stack : row.name).replace(/-stack\d+$/, ''));
  if (rows.some(isOurs) || 'service' in scope) return rows.some(isOurs);
  return (
    [...endpoints.removed, ...endpoints.added].some((row) => row.name === scope.endpoint) ||
    [...edges.removed, ...edges.added].some((row) => row.endpoint === scope.endpoint)
  );
}

/** Whether a change made a service or an endpoint, rather than changing it. */
function isNew({ services, endpoints }: StateChange, name: string): boolean {
  return [services, endpoints].some(
    ({ removed, added }: { removed: readonly { name: string }[]; added: readonly { name: string }[] }) =>
      added.some((row) => row.name === name) && !removed.some((row) => row.name === name),
  );
}

/**
 * After an operation that stopped half-way and of which nothing is recorded, `the last change` may be that one or the
 * one before it: to go back one too far would be worse than to ask.
 */
async function unrecorded(
  { database }: Session,
  { scope, services, then }: { scope: Scope; services: ReadonlySet<string>; then: State },
): Promise<ReturnType<typeof refusal> | null> {
  const operations = await readOperations(database.source);
  const concerns = ({ summary }: Operation): boolean =>
    summary === null || summary.some(({ service }) => services.has(service));
  const last = operations.findLast((operation) => operation.status !== 'undone' && concerns(operation));
  if (!last || last.status === 'done' || last.revision !== null) return null;
  const name = 'service' in scope ? scope.service : scope.endpoint;
  const fact = `operation ${last.id} (${last.command}) has not come to its end and is not recorded, so that it is not clear what is to be taken back`;
  const before = operations.find((operation) => operation.revision === then.revision);
  const choice = before ? `; or go back by '--to ${before.id}'` : '';
  const remedy = `bring that to its end by 'cmanage resume ${last.id}', or undo it by 'cmanage rollback --operation ${last.id}'${choice}`;
  return refusal('rollback', name, fact, remedy);
}
