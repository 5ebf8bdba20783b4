import { check } from '../constraints/check.ts';
import { readLive } from '../haproxy/balancer.ts';
import type { Config } from '../config/config.ts';
import { checkOwnFiles } from '../docker/ownFiles.ts';
import type { Environment, Facts } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Outcome, Violation } from '../model/violation.ts';
import { diff } from '../plan/diff.ts';
import { stackChanges } from '../plan/preview.ts';
import type { Plan } from '../plan/step.ts';
import { printNothingToDo, printPreview, printRefusal, printResult } from './answers.ts';
import { apply } from './apply.ts';
import { commandLine } from './commandLine.ts';
import { exitCode } from './exit.ts';
import { lookUp, type ImageQuestion } from './facts.ts';
import type { ChangeOptions } from './options.ts';
import { openSession, type Session } from './session.ts';

/** What a changing command asks for. */
export type ChangeRequest = {
  /** The images to look up before the process runs; null for a process that needs none. */
  readonly question: (state: State, config: Config) => ImageQuestion | null;
  /** The process: a sequence of actions over the state. Pure. */
  readonly process: (state: State, environment: Environment, facts: Facts) => Outcome;
};

/**
 * The way of every change, from the command line to the engines:
 * look up facts, run the process, check the proposed state, make the plan, and show it or walk it.
 * Up to the last of these nothing is touched; `--dry-run` stops there, with the very plan that would be walked.
 */
export async function change(options: ChangeOptions, request: ChangeRequest): Promise<number> {
  const session = await openSession(options, { write: options.dryRun !== true });
  try {
    const { config, state } = session;
    const live = readLiveConfigs(config);
    const facts = await lookUp(request.question(state, config), session);
    const outcome = request.process(state, config.environment, facts);
    if (!outcome.ok) return refuse(options, outcome.violations);
    const violations = check(state, outcome.value, config.environment);
    if (violations.some((violation) => violation.level === 'error')) return refuse(options, violations);
    return await showOrApply(session, options, {
      before: state,
      next: outcome.value,
      violations,
      live,
      commit: true,
    });
  } finally {
    await session.close();
  }
}

export type Proposal = {
  readonly before: State;
  readonly next: State;
  readonly violations: readonly Violation[];
  /** The configurations on the load balancers; they are read while other things are looked up. */
  readonly live: Promise<ReadonlyMap<string, string>>;
  readonly commit: boolean;
};

/** Makes the plan of a proposal, and prints it or walks it. */
export async function showOrApply(
  session: Session,
  options: ChangeOptions,
  proposal: Proposal,
): Promise<number> {
  const { before, next, violations, commit } = proposal;
  const live = await proposal.live;
  const { environment } = session.config;
  const plan = diff(before, next, { environment, live, commit });
  checkFiles(plan);
  const stacks = stackChanges(before, next);
  const preview = { command: commandLine(process.argv.slice(2)), allowed: true, violations, stacks, plan };
  if (options.dryRun) {
    printPreview(preview, environment.rules.stages, options.output);
    return exitCode.done;
  }
  if (plan.steps.length === 0) return printNothingToDo(preview, options.output);
  const { operation, result } = await apply(session, options, {
    before,
    next,
    plan,
    command: preview.command,
  });
  return printResult(preview, operation, result, options);
}

function refuse(options: ChangeOptions, violations: readonly Violation[]): number {
  printRefusal(commandLine(process.argv.slice(2)), violations, options.output);
  return exitCode.refused;
}

/** Reads what lies on the load balancers. Its failure counts when the answer is needed, and not before. */
export function readLiveConfigs({ connection }: Config): Promise<ReadonlyMap<string, string>> {
  const configs = connection.balancers.map(
    async (balancer) => [balancer.name, await readLive(balancer)] as const,
  );
  const all = Promise.all(configs).then((entries) => new Map(entries));
  all.catch(() => undefined);
  return all;
}

/** Env and secret files are read when a container is created; one that is missing must be noticed before that. */
function checkFiles(plan: Plan): void {
  for (const step of plan.steps) {
    if (step.kind === 'create_container') checkOwnFiles(step.spec.settings);
  }
}
