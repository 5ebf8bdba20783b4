import { constraints } from '../constraints/all.ts';
import { judge } from '../constraints/check.ts';
import type { Environment } from '../model/environment.ts';
import { emptyState, type Container, type Stack, type State } from '../model/state.ts';
import { refusal, type Violation } from '../model/violation.ts';
import { stopFirstExcuse, successionsIn, twoAtOnce } from './stopFirst.ts';
import { advance, worldOf, type Standing, type World } from './advance.ts';
import type { Plan, Step, StepKind } from './step.ts';

/**
 * Walks a plan without doing anything, and judges the world after each of its steps. Returns what would be wrong on
 * the way although both ends are right: too many containers on a host while old and new ones stand side by side, two
 * on one port, requests to a container that is not healthy. Breaches that were there before are not repeated. That nobody
 * answers while a stop-first service's container takes the place of another one is told as a warning. The walk begins with the
 * world that `before` says there is, unless another one was seen.
 */
export function checkEveryStep(
  before: State,
  next: State,
  plan: Plan,
  environment: Environment,
  start: World = worldOf(before, environment),
): Violation[] {
  const unknown = unknownHosts(plan, environment);
  if (unknown.length > 0) return unknown;
  const stacks = stacksOnHosts(before, next, hostsOf(plan));
  let world = start;
  const last = worldOf(next, environment);
  const lasting = lastingBackends(world, last);
  const successions = successionsIn(before, next);
  const excuse = stopFirstExcuse(last, successions);
  const known = new Set([...crowding(world, stacks, environment), ...unanswered(world)].map(textOf));
  const found: Violation[] = [];
  for (const step of plan.steps) {
    // Only a container more can break what holds of all that stands; one less never does.
    const crowds = comesToRun(step, world);
    world = advance(world, step);
    const crowded = crowds ? crowding(world, stacks, environment) : [];
    const traffic = movesTraffic(step) ? [...unanswered(world), ...dark(world, lasting).map(excuse)] : [];
    for (const violation of [...crowded, ...traffic, ...twoAtOnce(world, step, successions)]) {
      if (known.has(textOf(violation))) continue;
      known.add(textOf(violation));
      const fact = `after step ${step.seq} (${step.kind} ${step.object}) ${violation.fact}`;
      found.push({ ...violation, fact });
    }
  }
  return found;
}

/** Whether there is a container more that runs, or will: a new one, or one that was stopped. */
function comesToRun(step: Step, { standing }: World): boolean {
  if (step.kind === 'create_container') return true;
  return step.kind === 'start_container' && standing.get(step.spec.name)?.phase === 'stopped';
}

/** Only these steps can send a request to where nobody answers it: those that lead it elsewhere, and those that end a container. */
function movesTraffic({ kind }: Step): boolean {
  const kinds: readonly StepKind[] = [
    ...(['reload', 'add_server', 'ready_server', 'drain_server', 'remove_server'] as const),
    ...(['stop_container', 'remove_container'] as const),
  ];
  return kinds.includes(kind);
}

/** A step on a host that hosts.yml does not name could not even begin. */
function unknownHosts({ steps }: Plan, { hosts }: Environment): Violation[] {
  const known = new Set(hosts.map((host) => host.name));
  const needing = steps.filter((step) => 'spec' in step && !known.has(step.host));
  const first = new Map(needing.reverse().map((step) => [step.host, step]));
  return [...first].map(([host, { seq, kind, object }]) => {
    const fact = `step ${seq} (${kind} ${object}) needs it, and it is not in hosts.yml`;
    return refusal(
      'host-known',
      host,
      fact,
      `put ${host} back into hosts.yml, with placement: false if it is to go`,
    );
  });
}

function textOf({ code, object, fact }: Violation): string {
  return `${code} ${object} ${fact}`;
}

function hostsOf({ steps }: Plan): ReadonlySet<string> {
  const kinds: readonly StepKind[] = ['create_container', 'start_container'];
  return new Set(steps.flatMap((step) => (kinds.includes(step.kind) ? [step.host] : [])));
}

/** The stacks of both ends on the hosts where containers are made; while the plan runs, both are there. */
function stacksOnHosts(before: State, next: State, hosts: ReadonlySet<string>): Stack[] {
  const stacks = new Map([...before.stacks, ...next.stacks].map((stack) => [stack.name, stack]));
  return [...stacks.values()].filter((stack) => hosts.has(stack.host));
}

const standingRules = constraints.filter((rule) => rule.concerns === 'standing');

/** The rules that hold of everything that stands, whether it serves or not. */
function crowding({ standing }: World, stacks: readonly Stack[], environment: Environment): Violation[] {
  const names = new Set(stacks.map((stack) => stack.name));
  const there = [...standing.values()].filter(({ spec }) => names.has(spec.stack));
  const rowOf = ({ spec }: Standing): Container => {
    const { name, stack, position, version, digest, hostPort } = spec;
    return { name, stack, position, version, digest, created: null, hostPort, links: {} };
  };
  const containers = there.filter(({ phase }) => phase !== 'stopped').map(rowOf);
  const stopped = there.filter(({ phase }) => phase === 'stopped').map(rowOf);
  const retained = stopped.map((row) => ({ ...row, since: 0, retainedAt: 0, warm: false }));
  const state: State = { ...emptyState, stacks, containers, retained };
  return judge(state, environment, standingRules).filter((violation) => violation.level === 'error');
}

/** Requests that are sent to a container which is not healthy, or not there. */
function unanswered({ balancers, standing }: World): Violation[] {
  const phaseOf = (server: string): string => standing.get(server)?.phase ?? 'not there';
  return [...balancers].flatMap(([balancer, { taking, draining, oldWorkers }]) =>
    [...taking.values(), ...draining.values(), oldWorkers]
      .flat()
      .filter((server) => phaseOf(server) !== 'healthy' && !isExternal(server))
      .map((server) => {
        const fact = `${balancer} sends requests to it, and it is ${phaseOf(server)}`;
        return refusal('every-step', server, fact, bug);
      }),
  );
}

/** The target of an external service, which no plan starts or stops. No container's name has a dot. */
function isExternal(server: string): boolean {
  return server.includes('.');
}

/** Endpoints and links that are left without a server on the way, though they have some before and after. */
function dark({ balancers }: World, lasting: ReadonlyMap<string, readonly string[]>): Violation[] {
  return [...balancers].flatMap(([balancer, { taking }]) =>
    (lasting.get(balancer) ?? [])
      .filter((backend) => (taking.get(backend) ?? []).length === 0)
      .map((backend) => refusal('every-step', backend, `${balancer} has no server for it`, bug)),
  );
}

const bug = 'this is a bug in cmanage; please report the plan';

/** The backends that have servers in both worlds, by load balancer. */
function lastingBackends(first: World, last: World): Map<string, string[]> {
  const used = (world: World, balancer: string): string[] =>
    [...(world.balancers.get(balancer)?.taking ?? [])].flatMap(([name, servers]) =>
      servers.length > 0 ? [name] : [],
    );
  return new Map(
    [...first.balancers.keys()].map((balancer) => {
      const then = new Set(used(last, balancer));
      return [balancer, used(first, balancer).filter((backend) => then.has(backend))];
    }),
  );
}
