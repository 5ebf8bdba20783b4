import type { Config } from '../config/config.ts';
import { check } from '../constraints/check.ts';
import type { Fingerprints } from '../haproxy/endpointLines.ts';
import { haveSameRoutes } from '../haproxy/routes.ts';
import { provideLinks } from '../actions/provideLinks.ts';
import { containerNamed } from '../model/lookup.ts';
import type { Environment, Facts } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Outcome, Violation } from '../model/violation.ts';
import { extentOf } from '../plan/beside.ts';
import type { CanaryCourse } from '../plan/canary.ts';
import { needsOf } from '../plan/claims.ts';
import { summaryOf } from '../plan/summary.ts';
import type { Preview } from '../report/preview.ts';
import { loadState } from '../store/state.ts';
import { printNothingToDo, printPreview, printRefusal, printResult } from './answers.ts';
import { apply } from './apply.ts';
import { readCertificates, readLiveConfigs } from './balancerFiles.ts';
import { commandLine } from './commandLine.ts';
import type { Asking } from './confirm.ts';
import { exitCode } from './exit.ts';
import { lookUp, type ImageQuestion } from './facts.ts';
import { refuseFrozen } from './frozen.ts';
import type { ChangeOptions } from './options.ts';
import { logEvent } from './ownLog.ts';
import { extentOfProposal, makePlan, type Proposal } from './proposal.ts';
import { proposeBeside, refuseConflicts } from './proposeBeside.ts';
import { inSession, secure, type Session } from './session.ts';
import { lookForUnfinished } from './unfinished.ts';

/** What a changing command asks for. */
export type ChangeRequest = {
  /**
   * The services whose containers alone the answer depends on, where that is so: then only their part of the state is
   * read, unless it turns out that traffic moves, because HAProxy's configuration is made from all of it.
   */
  readonly concerns?: readonly string[];
  /** The images to look up before the process runs; null for a process that needs none. */
  readonly question?: (state: State, config: Config) => ImageQuestion | null;
  /** The process: a sequence of actions over the state. Pure. */
  readonly process: (state: State, environment: Environment, facts: Facts) => Outcome;
  /** Set where the way leads through other states, at each of which a canary is judged. */
  readonly course?: (before: State) => Omit<CanaryCourse, 'states'> & { readonly states: readonly Outcome[] };
  /** Whether it leads back to what was, and goes on without containers that are there already and are ill. */
  readonly goesBack?: boolean;
  /** Whether a person at a terminal is asked before the plan is walked, and shown what of it. */
  readonly asks?: Asking;
  /** What is told beside the warnings of the rules. */
  readonly notes?: readonly Violation[];
  /** Looks whether an allowed change could be carried out at all, and throws a HostError where it could not. */
  readonly lookAhead?: (before: State, next: State) => Promise<void>;
};

/**
 * The way of every change, from the command line to the engines:
 * look up facts, run the process, check the proposed state, make the plan, check every step of it, and show it, save it
 * or walk it. Up to the last of these nothing is touched; `--dry-run` stops there, with the very plan that would be walked.
 */
export async function change(options: ChangeOptions, request: ChangeRequest): Promise<number> {
  const opening = { write: isWalked(options), concerns: request.concerns };
  return inSession(options, opening, (session) => changeIn(session, options, request));
}

/** The same way, for a command that has looked into the session before it knows what to ask for. */
export async function changeIn(
  session: Session,
  options: ChangeOptions,
  request: ChangeRequest,
): Promise<number> {
  const { config } = session;
  const { environment } = config;
  const question = request.question?.(session.state, config) ?? null;
  const facts = await lookUp(question, session);
  const proposeFrom = async (before: State): Promise<[State, Outcome]> => {
    const process = (state: State): Outcome => {
      const outcome = request.process(state, environment, facts);
      return outcome.ok ? provideLinks(state, outcome.value, environment) : outcome;
    };
    return [before, await proposeBeside(session, before, process)];
  };
  let [before, outcome] = await proposeFrom(session.state);
  if (!outcome.ok) return refuse(options, outcome.violations);
  const movesTraffic = !haveSameRoutes(before, outcome.value, environment);
  if (request.concerns && (movesTraffic || allotsLinks(before, outcome.value))) {
    [before, outcome] = await proposeFrom(await loadState(session.database.source));
    if (!outcome.ok) return refuse(options, outcome.violations);
  }
  const next = outcome.value;
  const balancers = movesTraffic ? environment.loadBalancers.map(({ name }) => name) : [];
  await secure(session, extentOf(before, next, balancers).locks);
  const violations = check(before, next, environment);
  if (violations.some((violation) => violation.level === 'error')) return refuse(options, violations);
  const course = courseFrom(before, request);
  const onTheWay = course?.states.flatMap((state) => check(before, state, environment)) ?? [];
  const wrong = onTheWay.filter((violation) => violation.level === 'error');
  if (wrong.length > 0) return refuse(options, wrong);
  refuseConflicts(session, before, next);
  await request.lookAhead?.(before, next);
  const live = movesTraffic ? await readLiveConfigs(config) : null;
  const fingerprints = movesTraffic ? await readCertificates(config, next) : new Map<string, Fingerprints>();
  const images = question === null ? [] : facts.images.map((fact) => ({ image: question.image, ...fact }));
  return showOrApply(session, options, {
    ...{ before, next, live, fingerprints, images, deployment: null, course },
    violations: [...violations, ...(request.notes ?? [])],
    asks: request.asks ?? 'never',
    goesBack: request.goesBack === true,
  });
}

/** The states between, where a request leads through some. They are made as the last one is, which was not refused. */
function courseFrom(before: State, request: ChangeRequest): CanaryCourse | null {
  const course = request.course?.(before);
  if (!course) return null;
  return { ...course, states: course.states.flatMap((state) => (state.ok ? [state.value] : [])) };
}

/** Whether new containers get links: their ports are free only if no container of all has them. */
function allotsLinks(before: State, next: State): boolean {
  return next.containers.some(
    ({ name, links }) => Object.keys(links).length > 0 && !containerNamed(before, name),
  );
}

/** Whether a command walks its plan, rather than only showing or saving it. */
export function isWalked({ dryRun, out }: ChangeOptions): boolean {
  return dryRun !== true && out === undefined;
}

/** Makes the plan of a proposal, and prints, saves or walks it. */
export async function showOrApply(
  session: Session,
  options: ChangeOptions,
  proposal: Proposal,
): Promise<number> {
  const { environment } = session.config;
  const balancers = [...(proposal.live?.keys() ?? [])];
  const { services, locks } = extentOfProposal(proposal, balancers);
  await refuseFrozen(session.database, services);
  await secure(session, locks);
  // What lies on a load balancer in the middle of another operation is nothing to plan from.
  await lookForUnfinished(session, { services, balancers, containers: [], ended: [] });
  const made = makePlan({ ...proposal, onError: options.onError ?? 'rollback' }, environment);
  if (!made.ok) return refuse(options, made.violations);
  const { preview } = made;
  await lookForUnfinished(session, needsOf(preview.plan, services));
  if (options.out !== undefined) {
    const { savePlan } = await import('./plans/savePlan.ts');
    return savePlan(session, { ...options, out: options.out }, proposal, preview);
  }
  if (options.dryRun) {
    printPreview(preview, environment.rules, options.output);
    return exitCode.done;
  }
  if (preview.plan.steps.length === 0) return printNothingToDo(preview, options.output);
  const { isConfirmed } = await import('./confirm.ts');
  if (!(await isConfirmed(proposal.asks ?? 'never', preview, environment.rules, options)))
    return exitCode.refused;
  return walk(session, options, preview, proposal.before.revision);
}

/** Walks the plan of a preview and says how it ended. */
export async function walk(
  session: Session,
  options: ChangeOptions,
  preview: Preview,
  baseRevision: number,
): Promise<number> {
  const { plan, command } = preview;
  const summary = summaryOf(preview);
  const { operation, result } = await apply(session, options, { plan, summary, command, baseRevision });
  const { stages } = session.config.environment.rules;
  return printResult(preview, operation, result, { output: options.output, stages });
}

export function refuse(options: ChangeOptions, violations: readonly Violation[]): number {
  logEvent('warning', { event: 'refused', violations });
  printRefusal(commandLine(process.argv.slice(2)), violations, options.output);
  return exitCode.refused;
}
