import { check } from '../../constraints/check.ts';
import { canonicalText } from '../../model/canonical.ts';
import { applyChange, stateTables } from '../../model/change.ts';
import type { Environment } from '../../model/environment.ts';
import type { State } from '../../model/state.ts';
import { refusal, type Violation } from '../../model/violation.ts';
import { everything, locksFor, treeMates } from '../../plan/beside.ts';
import { needsOf } from '../../plan/claims.ts';
import { stalenessOf, type SavedPlan, type Sight } from '../../plan/saved.ts';
import type { Plan } from '../../plan/step.ts';
import type { Preview } from '../../report/preview.ts';
import { printNothingToDo, printPreview } from '../answers.ts';
import { isWalked, refuse, walk } from '../change.ts';
import { readCertificates, readLiveConfigs } from '../balancerFiles.ts';
import { exitCode } from '../exit.ts';
import { lookUp } from '../facts.ts';
import { hostsOf, look } from './look.ts';
import type { ChangeOptions } from '../options.ts';
import { makePlan, type Proposal } from '../proposal.ts';
import { refuseConflicts } from '../proposeBeside.ts';
import { believePlan, readPlanFile } from './readPlan.ts';
import { inSession, secure, type Session } from '../session.ts';
import { lookForUnfinished } from '../unfinished.ts';

/**
 * Runs a saved plan. Everything it saw is looked at again, the rules judge it again, and the differ makes it again:
 * only where nothing has changed and the same steps come out are they walked.
 */
export async function applyPlan(file: string, options: ChangeOptions): Promise<number> {
  const content = readPlanFile(file);
  return inSession(options, { write: isWalked(options) }, async (session) => {
    const read = await believePlan(content, session);
    if (!read.ok) return refuse(options, read.violations);
    const made = await makeAgain(session, read.value);
    if (!made.ok) return refuse(options, made.violations);
    const { environment } = session.config;
    if (options.dryRun) {
      printPreview(made.preview, environment.rules, options.output);
      return exitCode.done;
    }
    if (made.preview.plan.steps.length === 0) return printNothingToDo(made.preview, options.output);
    const reason = options.reason ?? read.value.reason;
    return await walk(
      session,
      reason === null ? options : { ...options, reason },
      made.preview,
      session.state.revision,
    );
  });
}

type Made = { ok: true; preview: Preview } | { ok: false; violations: readonly Violation[] };

async function makeAgain(session: Session, saved: SavedPlan): Promise<Made> {
  const { state, config } = session;
  const { saw } = saved;
  const next = nextOf(state, saved.plan);
  await secure(session, locksOf(saved, state, next ?? state, config.environment));
  const live = await readLiveConfigs(config);
  const hosts = hostsOf(saw.services, state, ...(next ? [next] : []));
  const known = new Set(config.environment.hosts.map((host) => host.name));
  const now = await look(session, {
    ...{ state, services: saw.services, live },
    hosts: hosts.filter((host) => known.has(host)),
    images: await imagesNow(session, saw.images),
  });
  const gone = hosts.filter((host) => !known.has(host));
  const stale = [...gone.map(hostIsGone), ...stalenessOf(withoutHosts(saw, gone), now)];
  if (stale.length > 0) return { ok: false, violations: stale };
  if (!next) return { ok: false, violations: [otherSteps(saved.plan.steps.length)] };
  const violations = check(state, next, config.environment);
  if (violations.some((violation) => violation.level === 'error')) {
    return { ok: false, violations: violations.map(thenAgain) };
  }
  refuseConflicts(session, state, next);
  const moves = saved.plan.steps.some((step) => step.kind === 'check_config');
  const balancers = moves ? [...live.keys()] : [];
  // It reads what lies there, whether or not it changes it.
  await lookForUnfinished(session, { ...needsOf(saved.plan, saw.services), balancers });
  const made = makePlan(
    await proposalOf(session, saved, { next, violations, live: moves ? live : null }),
    config.environment,
  );
  if (!made.ok) return made;
  const other = firstDifference(saved.plan, made.preview.plan);
  if (other !== null) return { ok: false, violations: [otherSteps(other)] };
  // What a failure means depends on the command too, which is not given again.
  const { onFailure } = saved.plan;
  const plan = { ...made.preview.plan, ...(onFailure ? { onFailure } : {}) };
  return { ok: true, preview: { ...made.preview, plan, command: saved.command } };
}

/** A plan that only deploys, or moves no traffic, is looked at like any other: its load balancers' files were seen too. */
function locksOf(
  { deployment, saw }: SavedPlan,
  state: State,
  next: State,
  { loadBalancers }: Environment,
): readonly string[] {
  if (deployment?.service === null) return [everything];
  const balancers = loadBalancers.map(({ name }) => name);
  return locksFor(treeMates(saw.services, state, next), balancers);
}

/** The state the plan leads to; null where the rows it changes are not there as it knew them, or an earlier cmanage made it. */
function nextOf(state: State, { steps }: Plan): State | null {
  const commit = steps.find((step) => step.kind === 'commit_state');
  if (!commit) return state;
  const isWhole = stateTables.every((table) => table in commit.change);
  return isWhole ? applyChange(state, commit.change, state.revision) : null;
}

async function proposalOf(
  session: Session,
  { deployment, plan }: SavedPlan,
  made: Pick<Proposal, 'next' | 'violations' | 'live'>,
): Promise<Omit<Proposal, 'images'>> {
  const fingerprints = await readCertificates(session.config, made.next);
  const { onError = 'rollback' } = plan;
  if (deployment === null) return { ...made, before: session.state, fingerprints, deployment, onError };
  const { observeState } = await import('../observe.ts');
  const before = await observeState(session, deployment.service);
  return { ...made, before, fingerprints, deployment, onError };
}

async function imagesNow(
  session: Session,
  images: SavedPlan['saw']['images'],
): Promise<SavedPlan['saw']['images']> {
  const answers = images.map(async ({ image, version, host, created }) => {
    const pull = host === null ? 'registry' : 'never';
    const hosts = host === null ? [] : [host];
    const facts = await lookUp({ image, pull, versions: [version], hosts, times: created !== null }, session);
    return facts.images.map((fact) => ({ image, ...fact }));
  });
  return (await Promise.all(answers)).flat();
}

/** The number of the first step that would be another one now; the revision counts for nothing. */
function firstDifference(saved: Plan, made: Plan): number | null {
  const text = (plan: Plan, index: number): string => {
    const step = plan.steps[index];
    return canonicalText(
      step?.kind === 'commit_state' ? { ...step, revision: 0, object: '' } : (step ?? null),
    );
  };
  const length = Math.max(saved.steps.length, made.steps.length);
  const index = Array.from({ length }, (_, at) => at).find((at) => text(saved, at) !== text(made, at));
  return index === undefined ? null : index + 1;
}

function thenAgain(violation: Violation): Violation {
  return { ...violation, remedy: `${violation.remedy}, and make the plan again` };
}

function hostIsGone(host: string): Violation {
  return refusal(
    'stale-plan',
    host,
    'it is no longer in hosts.yml',
    `put ${host} back, or make the plan again`,
  );
}

function withoutHosts(saw: Sight, hosts: readonly string[]): Sight {
  return { ...saw, containers: saw.containers.filter(({ host }) => !hosts.includes(host)) };
}

function otherSteps(step: number): Violation {
  const fact = `from step ${step} on it would be another one now: hosts.yml, the rules or cmanage itself have changed`;
  return refusal('stale-plan', 'the plan', fact, 'make the plan again');
}
