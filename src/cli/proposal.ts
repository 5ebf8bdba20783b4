import { checkOwnFiles } from '../docker/ownFiles.ts';
import type { Fingerprints } from '../haproxy/endpointLines.ts';
import type { Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { extentOf, extentOfDeployment, type Extent } from '../plan/beside.ts';
import { canaryPlan, type CanaryCourse } from '../plan/canary.ts';
import { diff } from '../plan/diff.ts';
import { checkEveryStep } from '../plan/everyStep.ts';
import { lostServers } from '../plan/lostServers.ts';
import { mixedAnswers } from '../plan/mixing.ts';
import { stackChanges, treeChanges } from '../plan/preview.ts';
import type { Sight } from '../plan/saved.ts';
import type { Plan } from '../plan/step.ts';
import type { Strategy } from '../plan/strategy.ts';
import type { Preview } from '../report/preview.ts';
import { commandLine } from './commandLine.ts';
import type { Asking } from './confirm.ts';

/** A change that was found to be allowed, and what its plan is made from. */
export type Proposal = {
  readonly before: State;
  readonly next: State;
  readonly violations: readonly Violation[];
  /** The configurations on the load balancers; null where no traffic moves. */
  readonly live: ReadonlyMap<string, string> | null;
  readonly fingerprints: ReadonlyMap<string, Fingerprints>;
  /** What was looked up, for a plan that is saved. */
  readonly images: Sight['images'];
  /** Set where the state stays and the hosts are brought to it: for one service, or all. */
  readonly deployment: { readonly service: string | null } | null;
  readonly asks?: Asking;
  /** Set for a canary that is judged on its way. */
  readonly course?: CanaryCourse | null;
  readonly goesBack?: boolean;
  readonly onError?: Strategy;
};

/** The plan of a proposal with its preview, or why one of its steps would leave a state that is not correct. */
export function makePlan(
  {
    before,
    next,
    violations,
    live,
    fingerprints,
    deployment,
    course,
    goesBack = false,
    onError = 'rollback',
  }: Omit<Proposal, 'images'>,
  environment: Environment,
): { ok: true; preview: Preview } | { ok: false; violations: readonly Violation[] } {
  const context = { environment, live, fingerprints, commit: deployment === null, goesBack, onError };
  const plan = course ? canaryPlan(before, course, context) : diff(before, next, context);
  const lost = plan.steps.some((step) => step.kind === 'check_config') ? lostServers(next, environment) : [];
  const onTheWay = checkEveryStep(before, next, plan, environment);
  const told = [...lost, ...mixedAnswers(before, next, environment), ...onTheWay];
  const errors = told.filter(({ level }) => level === 'error');
  if (errors.length > 0) return { ok: false, violations: errors };
  checkFiles(plan);
  const command = commandLine(process.argv.slice(2));
  const [stacks, trees] = [stackChanges(before, next), treeChanges(before, next)];
  const all = [...violations, ...told];
  return { ok: true, preview: { command, allowed: true, violations: all, stacks, trees, plan } };
}

/** The services a proposal is about. */
export function servicesOf(proposal: Omit<Proposal, 'images'>): readonly string[] {
  return extentOfProposal(proposal, []).services;
}

/** What a proposal is about, with the load balancers it changes. */
export function extentOfProposal(
  { before, next, deployment }: Omit<Proposal, 'images'>,
  balancers: readonly string[],
): Extent {
  return deployment === null
    ? extentOf(before, next, balancers)
    : extentOfDeployment(next, deployment.service, balancers);
}

/** Env and secret files are read when a container is created; one that is missing must be noticed before that. */
export function checkFiles(plan: Plan): void {
  for (const step of plan.steps) {
    if (step.kind === 'create_container') checkOwnFiles(step.spec.settings);
  }
}
