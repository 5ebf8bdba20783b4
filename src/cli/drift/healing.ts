import type { Violation } from '../../model/violation.ts';
import { needsOf } from '../../plan/claims.ts';
import { driftOfHosts, type Drift, type Sightings } from '../../plan/drift.ts';
import { checkEveryStep } from '../../plan/everyStep.ts';
import { heal } from '../../plan/heal.ts';
import { isMending } from '../../plan/failurePolicy.ts';
import type { Plan } from '../../plan/step.ts';
import { summaryOf, type OperationSummary } from '../../plan/summary.ts';
import { readOpenOperations } from '../../store/openOperations.ts';
import { supersede } from '../../store/supersede.ts';
import { actor, apply, type Ended } from '../apply.ts';
import { commandLine } from '../commandLine.ts';
import type { ChangeOptions } from '../options.ts';
import { driftOfBalancers, knownOf, seeBalancers, seeHosts } from '../see.ts';
import { checkFiles } from '../proposal.ts';
import type { Session } from '../session.ts';
import { lookForUnfinished } from '../unfinished.ts';

/** What `heal` and `watch` share: looking, making the plan of what can be mended, and walking it. */

export type Mending = {
  /** Whether an endpoint may be without a server for a while, where nothing else can serve it. */
  readonly allowOutage?: boolean;
  /** Why some containers and load balancers are not to be mended now, by their names. */
  readonly spare?: (sightings: Sightings) => ReadonlyMap<string, string>;
};

export type Diagnosis = {
  readonly found: readonly Drift[];
  readonly plan: Plan;
  readonly summary: OperationSummary;
  /** What the plan does not mend, with what a person can do. */
  readonly left: readonly Drift[];
  /** Operations that were to mend something and did not come to their end: the next one takes over from them. */
  readonly killed: readonly number[];
  /** What the walk through the plan told of; an error among them is a bug in the plan, which then must not be walked. */
  readonly violations: readonly Violation[];
};

/** Everything that is otherwise than the state says, as `verify` tells it. */
export async function lookAround(session: Session): Promise<readonly Drift[]> {
  const [sightings, balancers] = await Promise.all([seeHosts(session), seeBalancers(session)]);
  const known = await knownOf(session, sightings);
  return [...driftOfHosts(session.state, sightings, null, known), ...driftOfBalancers(session, balancers)];
}

/**
 * Looks at everything and makes the plan that mends it. Throws an UnfinishedError where an operation that has not come to its
 * end has its hands on what is to be mended.
 */
export async function diagnose(
  session: Session,
  { allowOutage = false, spare }: Mending,
): Promise<Diagnosis> {
  const { state, config, database } = session;
  const [sightings, balancers] = await Promise.all([seeHosts(session), seeBalancers(session)]);
  const open = await readOpenOperations(database.source);
  const known = await knownOf(session, sightings);
  const spared = new Map([...(spare?.(sightings) ?? []), ...(known.spared ?? [])]);
  const { environment } = config;
  const options = { environment, known: { ...known, spared }, allowOutage };
  const healing = heal(state, { sightings, balancers }, options);
  const { plan, left, start, darkened } = healing;
  const isAllowed = ({ object }: Violation): boolean =>
    [...darkened].some((way) => way.endsWith(` ${object}`));
  const violations = checkEveryStep(state, state, plan, environment, start).map((violation) =>
    isAllowed(violation)
      ? { ...violation, code: 'outage', level: 'warn' as const, remedy: toldSo }
      : violation,
  );
  const summary = summaryOf({ stacks: [], plan });
  await lookForUnfinished(
    session,
    needsOf(
      plan,
      summary.map(({ service }) => service),
    ),
  );
  checkFiles(plan);
  const found = [...driftOfHosts(state, sightings, null, known), ...driftOfBalancers(session, balancers)];
  // One that is under way is no concern of ours.
  const isUnderWay = new Set(session.underWay.map(({ id }) => id));
  const killed = open.flatMap((one) => (isMending(one.plan) && !isUnderWay.has(one.id) ? [one.id] : []));
  return { found, plan, summary, left, killed, violations };
}

const toldSo = 'expect no answer but that of maintenance meanwhile; --allow-outage asks for it';

/** Walks the plan of a diagnosis under the lock, as an operation of the journal. */
export function mend(session: Session, options: ChangeOptions, { plan, summary }: Diagnosis): Promise<Ended> {
  const command = commandLine(process.argv.slice(2));
  return apply(session, options, { plan, summary, command, baseRevision: session.state.revision });
}

/** Ends the operations that were killed while they mended something: under the lock, what they left was just looked at anew. */
export function takeOver({ database }: Session, { killed }: Diagnosis): Promise<void> {
  return supersede(database, killed, { actor: actor(), command: commandLine(process.argv.slice(2)) });
}
