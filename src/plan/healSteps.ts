import type { Container, State } from '../model/state.ts';
import type { PlanBuilder, StepDraft } from './builder.ts';
import { servingAfter, waysOf } from './healRounds.ts';
import { HealTraffic } from './healTraffic.ts';
import { placedIn } from './placed.ts';
import type { Orphan } from './orphans.ts';
import { leavesTraffic, type Findings, type Repair } from './repairs.ts';
import type { View } from './seenBalancer.ts';
import type { FailurePolicy } from './failurePolicy.ts';
import type { Plan } from './step.ts';

type Needs = readonly number[];

/** Seconds between SIGTERM and SIGKILL for a container whose service nobody knows. */
const orphanGrace = 10;

/**
 * Adds the steps that mend what was found to a plan: first what the load balancers lack, then the containers round by round,
 * at last what is too much.
 */
export class HealSteps {
  readonly #plan: PlanBuilder;
  readonly #state: State;
  readonly #views: readonly View[];
  readonly #findings: Findings;
  readonly #traffic: readonly HealTraffic[];
  /** The check of each host, and the pull of each image, made by whoever needs it first. */
  readonly #asked = new Map<string, number>();
  readonly #pulled = new Map<string, number>();
  /** The last steps of each container that was mended. */
  readonly #mended = new Map<string, Needs>();
  readonly #evicted = new Set<Orphan>();
  readonly #tolerated: { steps: number[]; failures: number }[] = [];

  constructor(plan: PlanBuilder, state: State, seen: { views: readonly View[]; findings: Findings }) {
    this.#plan = plan;
    this.#state = state;
    this.#views = seen.views;
    this.#findings = seen.findings;
    this.#traffic = seen.views.map((view) => new HealTraffic(plan, state, { view, findings: seen.findings }));
  }

  /** Mends the containers of a round; the first one disturbs nobody. */
  mend(round: readonly Repair[], index: number): void {
    // Everything that can fail cheaply fails before anything is taken away.
    const ready = round.map((repair) => this.#prepare(repair));
    round.forEach((repair, at) => {
      const others = index === 0 ? [] : this.#othersAnswer(repair);
      this.#mend(repair, [...(ready[at] ?? []), ...others]);
    });
  }

  /** Ends with the load balancers, and removes what is ours and no state has once it is out of them. */
  end(): Plan {
    const out = this.#traffic.flatMap((one) => one.end());
    const kept = this.#traffic.flatMap((one) => one.kept);
    const serves = ({ found }: Orphan): boolean =>
      kept.some(({ name, port }) => name === found.name || found.hostPorts.includes(port));
    for (const orphan of this.#findings.orphans) {
      if (!this.#evicted.has(orphan) && !serves(orphan))
        this.#removeOrphan(orphan, [this.#ask(orphan.host), ...out]);
    }
    const onFailure: FailurePolicy = { pauses: [], tolerated: this.#tolerated, mends: true };
    return { steps: this.#plan.steps, pivot: 0, onFailure };
  }

  #prepare({ host, spec, work }: Repair): number[] {
    const asked = this.#ask(host);
    if (!makesAnew({ work })) return [asked];
    const key = `${host} ${spec.image}`;
    const because = `${host} is to run ${spec.service} ${spec.version}`;
    const step = { host, object: `${spec.service}:${spec.version}`, image: spec.image, because };
    const pull = this.#pulled.get(key) ?? this.#plan.add({ kind: 'pull_image', ...step }, [asked]);
    this.#pulled.set(key, pull);
    return [asked, pull];
  }

  /** Looks again whether those that are to serve in a container's place are well, after what was mended before. */
  #othersAnswer({ spec }: Repair): number[] {
    const serving = servingAfter(this.#findings.repairs, this.#views);
    const names = new Set(waysOf(spec.name, this.#views).flatMap((way) => [...(serving.get(way) ?? [])]));
    const isOther = ({ name }: Container): boolean =>
      name !== spec.name && names.has(name) && (this.#findings.answering.has(name) || this.#mended.has(name));
    return this.#state.containers.filter(isOther).map((other) => {
      const { host, spec: its } = placedIn(this.#state)(other);
      const because = `it is to serve while ${spec.name} is replaced`;
      const needs = [this.#ask(host), ...(this.#mended.get(its.name) ?? [])];
      return this.#plan.add({ kind: 'wait_healthy', host, object: its.name, spec: its, because }, needs);
    });
  }

  #mend(repair: Repair, ready: Needs): void {
    const { rests } = repair;
    const isTakenOut = leavesTraffic(repair);
    const out = isTakenOut ? this.#traffic.flatMap((one) => one.takeOut(repair, ready)) : [];
    const evicted = isTakenOut ? this.#evict(repair, [...ready, ...out]) : [];
    let last: Needs = [...ready, ...out, ...evicted];
    const own: number[] = [];
    for (const step of stepsFor(repair)) {
      // The links of a container lead somewhere before it starts.
      const led = step.kind === 'start_container' ? this.#traffic.flatMap(({ begun }) => begun) : [];
      last = [this.#plan.add(step, hasLinks(repair) ? [...last, ...led] : last)];
      own.push(...last);
    }
    // What was taken out is left to HAProxy's own checks where it could not be mended, so that nobody has to add it by hand.
    this.#tolerated.push({ steps: [...evicted, ...own], failures: 1 + evicted.length });
    const adds = rests ? [] : this.#traffic.flatMap((one) => one.bringIn(repair, { isTakenOut }, last));
    this.#mended.set(repair.spec.name, [...last, ...adds]);
  }

  /** What has a container's port and is no part of the state goes before it starts. */
  #evict({ host, spec }: Repair, needs: Needs): number[] {
    const inTheWay = this.#findings.orphans.filter(
      (orphan) => orphan.host === host && orphan.found.hostPorts.includes(spec.hostPort),
    );
    return inTheWay.map((orphan) => {
      this.#evicted.add(orphan);
      return this.#removeOrphan(orphan, needs);
    });
  }

  #removeOrphan({ host, found, drift }: Orphan, needs: Needs): number {
    const step = { host, object: found.name, container: found.id, grace: orphanGrace, because: drift.fact };
    return this.#plan.add({ kind: 'remove_orphan', ...step }, needs);
  }

  #ask(host: string): number {
    const because = 'every host is asked before anything changes';
    const step = { host, object: 'engine', because };
    const asked = this.#asked.get(host) ?? this.#plan.add({ kind: 'check_host', ...step }, []);
    this.#asked.set(host, asked);
    return asked;
  }
}

function makesAnew({ work }: Pick<Repair, 'work'>): boolean {
  return work === 'make' || work === 'rebuild';
}

function hasLinks({ container }: Repair): boolean {
  return Object.keys(container.links).length > 0;
}

/** What is done to a container, one after the other. */
function stepsFor(repair: Repair): StepDraft[] {
  const { host, spec, work, runs, rests, calledNow, drifts } = repair;
  const because = drifts.map(({ fact }) => fact).join('; ');
  const step = { host, object: spec.name, spec, because };
  const stops = work === 'stop' || ((work === 'restart' || work === 'rebuild') && runs);
  const starts = !rests && (makesAnew(repair) || work === 'start' || work === 'restart');
  const healthy = 'nothing is sent to a container before it is healthy';
  return [
    ...(calledNow === null
      ? []
      : [{ kind: 'rename_container' as const, ...step, from: calledNow, to: spec.name }]),
    ...(stops ? [{ kind: 'stop_container' as const, ...step, grace: spec.settings.stopGrace }] : []),
    ...(work === 'rebuild' ? [{ kind: 'remove_container' as const, ...step }] : []),
    ...(makesAnew(repair) ? [{ kind: 'create_container' as const, ...step }] : []),
    ...(starts ? [{ kind: 'start_container' as const, ...step }] : []),
    ...(rests ? [] : [{ kind: 'wait_healthy' as const, ...step, because: healthy }]),
  ];
}
