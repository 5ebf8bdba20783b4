import { HostError, LockedError, UnfinishedError, UserError } from '../../model/errors.ts';
import type { State } from '../../model/state.ts';
import { specOf } from '../../plan/spec.ts';
import type { Drift, Sightings } from '../../plan/drift.ts';
import {
  follow,
  isExhausted,
  secondsOfGrace,
  wornOut,
  withinTheHour,
  type Course,
  type Glance,
  type Limits,
  type RepairMade,
} from '../../plan/patience.ts';
import { diagnose, lookAround, mend, takeOver, type Diagnosis } from './healing.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import type { Tell } from './tell.ts';

export type Rules = Limits & {
  /** Seconds between two looks where nothing happens. */
  readonly interval: number;
  /** Whether anything is repaired at all. */
  readonly repairs: boolean;
};

/** Seconds after which is looked again while somebody else changes the environment. */
const whileOthersWork = 5;

/** What is seen from look to look, and what was done about it. It remembers nothing beyond its process: the world is looked at anew. */
export class Watcher {
  readonly #options: CommonOptions;
  readonly #rules: Rules;
  readonly #tell: Tell;
  #courses: ReadonlyMap<string, Course> = new Map();
  #made: RepairMade[] = [];
  /** What was told of last, so that the same is not told at each look. */
  #told = new Set<string>();
  #waiting: string | null = null;
  /** The containers that may still come up by themselves, and the seconds until the first of them may not any more. */
  #inGrace = new Set<string>();
  #graceEnds = Infinity;

  constructor(options: CommonOptions, rules: Rules, tell: Tell) {
    this.#options = options;
    this.#rules = rules;
    this.#tell = tell;
  }

  /** Looks once and mends what may be mended; returns the seconds until the next look is due. */
  async look(): Promise<number> {
    try {
      const seen = await this.#within({ write: false }, (session) => this.#diagnose(session));
      const { interval, repairs } = this.#rules;
      const isNeeded = seen.plan.steps.length > 0 || seen.killed.length > 0;
      if (repairs && isNeeded && !this.#isExhausted()) {
        await this.#within({ write: true }, (session) => this.#repair(session));
      } else await this.#report(seen);
      this.#waiting = null;
      return Math.min(interval, this.#graceEnds);
    } catch (error) {
      return this.#postpone(error);
    }
  }

  /** Whatever is outside may fail, and be better next time; anything else is a bug. */
  async #postpone(error: unknown): Promise<number> {
    const isOthers = error instanceof LockedError || error instanceof UnfinishedError;
    if (!isOthers && !(error instanceof HostError) && !(error instanceof UserError)) throw error;
    if (this.#waiting !== error.message) await this.#tell({ event: 'waiting', text: error.message });
    this.#waiting = error.message;
    return isOthers ? Math.min(whileOthersWork, this.#rules.interval) : this.#rules.interval;
  }

  async #within<T>(how: { readonly write: boolean }, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await openSession(this.#options, how);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  #diagnose(session: Session): Promise<Diagnosis> {
    return diagnose(session, { spare: (sightings) => this.#spared(session.state, sightings) });
  }

  /** Under the lock everything is looked at again: what somebody was doing a moment ago is done by now. */
  async #repair(session: Session): Promise<void> {
    const diagnosis = await this.#diagnose(session);
    const { plan, left, found } = diagnosis;
    const wrong = diagnosis.violations.find(({ level }) => level === 'error');
    if (wrong) throw new Error(`the plan to heal is wrong: ${wrong.object}: ${wrong.fact}`);
    await takeOver(session, diagnosis);
    if (plan.steps.length === 0) {
      await this.#report(diagnosis);
      return;
    }
    const isLeft = new Set(left.map(({ host, object }) => `${host} ${object}`));
    const mended = found.filter(({ host, object }) => !isLeft.has(`${host} ${object}`));
    this.#made = [...withinTheHour(this.#made, now()), { at: now(), objects: mended.map(objectOf) }];
    await this.#tell({ event: 'repairing', text: textOf(mended), findings: mended });
    const reason = `watch: ${textOf(mended)}`.slice(0, 500);
    const options = { ...this.#options, quiet: true, reason };
    const { operation, result } = await mend(session, options, diagnosis);
    const known = new Set(mended.map(keyOf));
    const still = (await lookAround(session)).filter((drift) => known.has(keyOf(drift)));
    const why = result.failures.map(({ error }) => (error as Error).message).join('; ');
    if (still.length === 0) {
      await this.#tell({ event: 'repaired', text: textOf(mended), findings: mended, operation });
    } else {
      const text = `${textOf(still)}${why === '' ? '' : `: ${why}`}`;
      await this.#tell({ event: 'failed', text, findings: still, operation });
    }
    await this.#report({ ...diagnosis, found: left });
  }

  #isExhausted(): boolean {
    return isExhausted(this.#made, this.#rules, now());
  }

  /** Tells of what is not mended, once for as long as it lasts. */
  async #report({ found, plan }: Diagnosis): Promise<void> {
    const drifts = found.filter(({ kind, object }) => kind !== 'unhealthy' || !this.#inGrace.has(object));
    const fresh = drifts.filter((drift) => !this.#told.has(keyOf(drift)));
    this.#told = new Set(drifts.map(keyOf));
    if (fresh.length === 0) return;
    const isLimited = plan.steps.length > 0 && this.#rules.repairs && this.#isExhausted();
    const { repairsPerHour } = this.#rules;
    const limit = `${repairsPerHour} repairs within the hour are made, and nothing more is repaired: `;
    await this.#tell({
      event: isLimited ? 'limited' : 'found',
      text: `${isLimited ? limit : ''}${textOf(fresh)}`,
      findings: fresh,
    });
  }

  /** What is not to be mended in this look: what was repaired too often, and what may still come up by itself. */
  #spared(state: State, sightings: Sightings): ReadonlyMap<string, string> {
    const glances = glancesAt(state, sightings);
    this.#courses = follow(this.#courses, glances, now());
    this.#graceEnds = Infinity;
    this.#inGrace = new Set();
    const spared = new Map(wornOut(this.#made, this.#rules, now()));
    for (const glance of glances.filter(({ isIll }) => isIll)) {
      const course = this.#courses.get(glance.key);
      const grace = course ? secondsOfGrace(glance, course, now()) : 0;
      if (grace === 0) continue;
      this.#graceEnds = Math.min(this.#graceEnds, grace === null ? Infinity : Math.max(1, grace));
      this.#inGrace.add(glance.spec.name);
      spared.set(glance.spec.name, 'it may still become healthy by itself, and is looked at again');
    }
    return spared;
  }
}

function now(): number {
  return performance.now() / 1000;
}

/** The containers of the state that run, with whether they are ill. */
function glancesAt(state: State, sightings: Sightings): Glance[] {
  const rows = new Map([...state.containers, ...state.retained].map((row) => [row.name, row]));
  return [...sightings].flatMap(([host, seen]) =>
    (seen instanceof Error ? [] : seen).flatMap((found): Glance[] => {
      const row = rows.get(found.name);
      if (!row || !found.isOurs || found.status !== 'running') return [];
      const key = `${host} ${found.id} ${found.startedAt}`;
      return [{ key, spec: specOf(state, row), isIll: found.problem !== null, isStarting: found.isStarting }];
    }),
  );
}

function keyOf({ host, object, kind, fact }: Drift): string {
  return `${host} ${object} ${kind} ${kind === 'unhealthy' || kind === 'unreachable' ? '' : fact}`;
}

/** What a repair is counted for: the container, or the load balancer. */
function objectOf({ object, host, service }: Drift): string {
  return service === null && object === 'haproxy' ? host : object;
}

function textOf(drifts: readonly Drift[]): string {
  return drifts.map(({ host, object, kind, fact }) => `${host} ${object} ${kind} (${fact})`).join(', ');
}
