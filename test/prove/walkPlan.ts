import type { Environment } from '../../src/model/environment.ts';
import { canonicalText } from '../../src/model/canonical.ts';
import { applyChange, invertChange, stateTables } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { advance, worldOf, type World } from '../../src/plan/advance.ts';
import { mixedAnswers } from '../../src/plan/mixing.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { undo } from '../../src/plan/undo.ts';
import { liveOf } from '../support/plans.ts';
import type { House } from './house.ts';
import { backendsOf, linksOf } from './naiveRoutes.ts';
import { everyOrder, ordered } from './orders.ts';
import { otherwiseThan, waysOf, workerOf, type Served } from './served.ts';
import { standingIn, streetOf, take, type Street } from './street.ts';

export type Walk = {
  readonly before: State;
  readonly next: State;
  readonly plan: Plan;
  readonly house: House;
  readonly environment: Environment;
};

/** What goes wrong when a plan is walked in several orders, and when it is broken off and undone. Nothing should. */
export function complaintsOnTheWay(
  walk: Walk,
  { random, isQuick }: { readonly random: () => number; readonly isQuick: boolean },
): string[] {
  const orders = everyOrder(walk.plan.steps, random);
  const chosen = isQuick ? orders.slice(Math.floor(random() * orders.length)).slice(0, 1) : orders;
  return [
    ...forwards(walk, chosen),
    ...followed(walk, isQuick ? random : null),
    ...brokenOff(walk, random),
    ...inverted(walk),
  ];
}

/** What goes wrong in the plan's own order alone: the reason for which checkEveryStep may refuse. */
export function complaintsInOrder({ before, next, plan, house, environment }: Walk): string[] {
  const street = begin(before, next, house, environment);
  for (const step of plan.steps) take(street, step);
  return street.complaints;
}

type Beginning = { readonly configs: ReadonlyMap<string, string>; readonly world: World };

const beginnings = new WeakMap<State, Beginning>();

/** What there is before any command, made once for all commands that are given in a state. */
export function beginningOf(before: State, environment: Environment): Beginning {
  const made = beginnings.get(before) ?? {
    configs: liveOf(before, environment),
    world: worldOf(before, environment),
  };
  beginnings.set(before, made);
  return made;
}

function begin(before: State, next: State, house: House, environment: Environment): Street {
  const announced = mixedAnswers(before, next, environment).map(({ object }) => object);
  return streetOf(before, next, house, beginningOf(before, environment).configs, new Set(announced));
}

function forwards({ before, next, house, environment }: Walk, orders: readonly Step[][]): string[] {
  const changes = !haveSameRows(before, next);
  return orders.flatMap((order) => {
    const street = begin(before, next, house, environment);
    for (const step of order) take(street, step);
    if (changes && order.at(-1)?.kind !== 'commit_state')
      street.complaints.push('the state is not written last');
    return [...street.complaints, ...differences(street, next)];
  });
}

/** In what the street at the end is not what a state says. */
function differences({ standing, balancers, house }: Street, state: State): string[] {
  const wanted = standingIn(state).map(({ name, host, port, phase }) => `${name} ${host}:${port} ${phase}`);
  const there = [...standing].map(([name, { host, port, phase }]) => `${name} ${host}:${port} ${phase}`);
  return [
    ...(isSameSet(wanted, there)
      ? []
      : [`at the end ${there.join('; ')} stand, and not ${wanted.join('; ')}`]),
    ...[...balancers.values()].flatMap((served) => servedDifferences(served, state, house)),
  ];
}

/** In what a load balancer serves something else than a state says, or than its own file. */
function servedDifferences({ worker, config }: Served, state: State, house: House): string[] {
  const listed = (backends: ReadonlyMap<string, readonly string[]>): string[] =>
    [...backends]
      .filter(([, names]) => names.length > 0)
      .map(([name, names]) => `${name} ${names.toSorted().join()}`);
  const [servers, expected] = [listed(waysOf(worker).servers), listed(backendsOf(state, house))];
  const linked = (links: ReadonlyMap<number, string>): string[] =>
    [...links].map(([port, backend]) => `${port} to ${backend}`);
  const [links, leads] = [linked(worker.links), linked(linksOf(state, house))];
  const said = linked(workerOf(config).links);
  return [
    ...(isSameSet(servers, expected)
      ? []
      : [`at the end ${servers.join('; ')} are served, and not ${expected.join('; ')}`]),
    ...(isSameSet(links, leads)
      ? []
      : [`at the end ${links.join('; ')} are the links, and not ${leads.join('; ')}`]),
    ...(isSameSet(links, said) ? [] : [`at the end ${links.join('; ')} are the links, and not in the file`]),
    ...[...worker.backends].flatMap(([backend, servers]) =>
      [...servers]
        .filter(([, { phase }]) => phase !== 'takes')
        .map(([name, { phase }]) => `at the end ${backend} still has ${name}, which ${phase}`),
    ),
    ...otherwiseThan(worker, config).map((text) => `at the end HAProxy ${text}, unlike its file`),
  ];
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.toSorted().join('\n') === other.toSorted().join('\n');
}

/**
 * Follows a plan as advance.ts understands it. Broken off after any step up to the pivot and undone, it must leave the world
 * as at the beginning (after one of them at `random`, where that is given); at the end there must be the world of the next state, and exactly that on record.
 */
function followed({ before, next, plan, environment }: Walk, random: (() => number) | null): string[] {
  const first = beginningOf(before, environment).world;
  const complaints: string[] = [];
  const chosen = random && 1 + Math.floor(random() * plan.pivot);
  let world = first;
  for (const step of plan.steps) {
    world = advance(world, step);
    // Checks, pulls and waits leave nothing, so that what is undone after them was undone before them already.
    const idle = ['check_host', 'check_config', 'pull_image', 'wait_healthy', 'wait_drained', 'write_config'];
    const leaves = !idle.includes(step.kind);
    if (step.seq > plan.pivot || !leaves || step.seq !== (chosen ?? step.seq)) continue;
    const back = undo(plan.steps.slice(0, step.seq), plan.steps.length).reduce(advance, world);
    if (isSameWorld(first, back)) continue;
    complaints.push(`undone after step ${step.seq} (${step.kind} ${step.object}) the world is not as before`);
  }
  if (!isSameWorld(world, worldOf(next, environment))) {
    complaints.push('the plan leads to another world than that of the next state');
  }
  const isRevision = world.recorded.revision === before.revision + (haveSameRows(before, next) ? 0 : 1);
  if (!haveSameRows(world.recorded, next) || !isRevision) {
    complaints.push('the plan records another state than the next');
  }
  return complaints;
}

/** Breaks a plan off at random, with some steps done and others not, and takes the way back in a random order. */
function brokenOff({ before, next, plan, house, environment }: Walk, random: () => number): string[] {
  const street = begin(before, next, house, environment);
  const steps = ordered(plan.steps.slice(0, plan.pivot), random);
  const done = steps.slice(0, Math.floor(random() * (steps.length + 1)));
  if (done.some((step) => step.kind === 'commit_state')) return [];
  for (const step of done) take(street, step);
  street.goesBack = true;
  const back = undo(
    done.toSorted((a, b) => a.seq - b.seq),
    plan.steps.length,
  );
  for (const step of ordered(back, random)) take(street, step);
  return [...street.complaints, ...differences(street, before)].map((text) => `on the way back ${text}`);
}

function isSameWorld(one: World, other: World): boolean {
  if (one.standing.size !== other.standing.size) return false;
  for (const [name, { host, phase, spec }] of one.standing) {
    const there = other.standing.get(name);
    if (there?.host !== host || there.phase !== phase || there.spec.hostPort !== spec.hostPort) return false;
    if (there.spec.digest !== spec.digest) return false;
  }
  return servingOf(one) === servingOf(other);
}

/** What takes requests and where links lead; what drains is no part of the world that a plan ends with. */
function servingOf({ balancers }: World): string {
  return [...balancers]
    .map(([name, { taking, links }]) => {
      const backends = [...taking].filter(([, servers]) => servers.length > 0);
      const lines = backends.map(([backend, servers]) => `${backend} ${servers.toSorted().join()}`);
      const ways = [...links].map(([port, backend]) => `${port} ${backend}`);
      return [name, ...lines.sort(), ...ways.sort()].join('\n');
    })
    .join('\n\n');
}

/** The inverse of the change that is recorded, applied to the next state, must lead back. */
function inverted({ before, next, plan }: Walk): string[] {
  const commit = plan.steps.find((step) => step.kind === 'commit_state');
  if (!commit) return haveSameRows(before, next) ? [] : ['a change is not recorded'];
  const back = applyChange(next, invertChange(commit.change), before.revision);
  return back && haveSameRows(back, before) ? [] : ['the inverse of the change does not lead back'];
}

/** Whether two states have the same rows, in whatever order, and of whatever order of fields. */
export function haveSameRows(one: State, other: State): boolean {
  return (
    rowsOf(one) === rowsOf(other) ||
    stateTables.every((table) => {
      const [rows, others]: (readonly object[])[] = [one[table], other[table]];
      return isSameSet((rows ?? []).map(canonicalText), (others ?? []).map(canonicalText));
    })
  );
}

const texts = new WeakMap<State, string>();

/** The rows of a state as text, made once. */
function rowsOf(state: State): string {
  const known = texts.get(state);
  if (known !== undefined) return known;
  const textOf = (rows: readonly object[]): string =>
    rows
      .map((row) => JSON.stringify(row))
      .sort()
      .join('\n');
  const text = stateTables.map((table) => textOf(state[table])).join('\n\n');
  texts.set(state, text);
  return text;
}
