import { contentsOf } from '../haproxy/render.ts';
import { changesBalancer, isPastPivot, isRecorded, touchedSteps, type OpenOperation } from './course.ts';
import { specHash, type ContainerSpec } from './spec.ts';
import { isMending } from './failurePolicy.ts';
import type { Plan, Step } from './step.ts';
import { isAwaited } from './takeUp.ts';

/** What an unfinished operation has its hands on; nobody else may change it until that one has come to its end. */
type Claims = {
  readonly services: ReadonlySet<string>;
  readonly balancers: ReadonlySet<string>;
  /** The containers it may have made, with their hosts. */
  readonly containers: readonly { readonly host: string; readonly spec: ContainerSpec }[];
  /** The names of the containers that it may have led requests to. */
  readonly serving: ReadonlySet<string>;
};

/** What a command needs for itself. */
export type Needs = {
  readonly services: readonly string[];
  readonly balancers: readonly string[];
  /** The containers it is to make, with their hosts. */
  readonly containers: Claims['containers'];
  /** The names of the containers it is to end. */
  readonly ended: readonly string[];
};

/** What a plan needs: the services it is about, the load balancers it changes, and the containers it makes and ends. */
export function needsOf({ steps }: Plan, services: readonly string[]): Needs {
  const balancers = steps.filter(changesBalancer).map(({ host }) => host);
  const ended = steps.flatMap((step) =>
    step.kind === 'stop_container' || step.kind === 'remove_container' ? [step.spec.name] : [],
  );
  return { services, balancers: [...new Set(balancers)], containers: createdBy(steps), ended };
}

/** The containers that load balancers are told or given to lead requests to. */
function servedBy(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if ('server' in step) return [step.server.name];
    if (step.kind !== 'reload' && step.kind !== 'write_config') return [];
    return [...contentsOf(step.config).servers.values()].flat().map(({ name }) => name);
  });
}

function createdBy(steps: readonly Step[]): Claims['containers'] {
  return steps.flatMap((step) =>
    step.kind === 'create_container' ? [{ host: step.host, spec: step.spec }] : [],
  );
}

/**
 * Why a command cannot be carried out before an unfinished operation has come to its end, in words; null where it can. Before the
 * pivot an operation holds what it touched: the containers it made, the load balancers it changed, and whom these lead to. After
 * it, its services too, because their change is still to be recorded. Once that is recorded it holds nothing: what is
 * left is only to be removed.
 */
export function claimOn(operation: OpenOperation, needs: Needs): string | null {
  const { services, balancers, containers, serving } = claimsOf(operation);
  const service = needs.services.find((name) => services.has(name));
  if (service !== undefined) return `the change of ${service} is still to be recorded`;
  const balancer = needs.balancers.find((name) => balancers.has(name));
  if (balancer !== undefined) return `what ${balancer} serves was left in the middle of it`;
  const served = needs.ended.find((name) => serving.has(name));
  if (served !== undefined) return `${served} may get requests by it`;
  for (const { host, spec } of needs.containers) {
    // The very same container is adopted.
    const others = containers.filter((other) => other.host === host && !isSame(other.spec, spec));
    if (others.some((other) => other.spec.name === spec.name)) {
      return `${spec.name} on ${host} is left of it, and is another one`;
    }
    const holder = others.find((other) => other.spec.hostPort === spec.hostPort);
    if (holder) return `port ${spec.hostPort} of ${host} may still be held by its ${holder.spec.name}`;
  }
  return null;
}

function isSame(one: ContainerSpec, other: ContainerSpec): boolean {
  return one.name === other.name && specHash(one) === specHash(other);
}

function claimsOf(operation: OpenOperation): Claims {
  const none: Claims = { services: new Set(), balancers: new Set(), containers: [], serving: new Set() };
  // What was to be mended is looked at anew by whoever mends next.
  if (isRecorded(operation) || isMending(operation.plan)) return none;
  const past = isPastPivot(operation);
  const { steps: all } = operation.plan;
  // What is undone once more must not find that others have changed it.
  const steps = past
    ? all
    : [...touchedSteps(operation), ...all.filter((step) => isAwaited(operation, step))];
  const containers = createdBy(touchedSteps(operation));
  return {
    services: new Set(past ? servicesOf(operation) : []),
    balancers: new Set(steps.filter(changesBalancer).map(({ host }) => host)),
    containers,
    serving: new Set(servedBy(steps)),
  };
}

function servicesOf({ services, plan }: OpenOperation): string[] {
  const ofContainers = plan.steps.flatMap((step: Step) => ('spec' in step ? [step.spec.service] : []));
  return [...(services ?? []), ...ofContainers];
}
