import { changesBalancer, isPastPivot, isRecorded, touchedSteps, type OpenOperation } from './course.ts';
import { specHash, type ContainerSpec } from './spec.ts';
import type { Plan, Step } from './step.ts';

/** What an unfinished operation has its hands on; nobody else may change it until that one has come to its end. */
type Claims = {
  readonly services: ReadonlySet<string>;
  readonly balancers: ReadonlySet<string>;
  /** The containers it may have made, with their hosts. */
  readonly containers: readonly { readonly host: string; readonly spec: ContainerSpec }[];
};

/**
 * Why a plan cannot be walked before an unfinished operation has come to its end, in words; null where it can. Before the
 * pivot an operation holds what it touched: the containers it made, and the load balancers it changed. After
 * it, its services too, because their change is still to be recorded. Once that is recorded it holds nothing: what is
 * left is only to be removed.
 */
export function claimOn(operation: OpenOperation, plan: Plan, services: readonly string[]): string | null {
  const { services: held, balancers, containers } = claimsOf(operation);
  const service = services.find((name) => held.has(name));
  if (service !== undefined) return `the change of ${service} is still to be recorded`;
  const balancer = plan.steps.find((step) => changesBalancer(step) && balancers.has(step.host))?.host;
  if (balancer !== undefined) return `what ${balancer} serves was left in the middle of it`;
  for (const step of plan.steps) {
    if (step.kind !== 'create_container') continue;
    const { host, spec } = step;
    for (const other of containers) {
      if (other.host !== host) continue;
      // The very same container is adopted.
      const isSame = other.spec.name === spec.name && specHash(other.spec) === specHash(spec);
      if (other.spec.name === spec.name && !isSame)
        return `${spec.name} on ${host} is left of it, and is another one`;
      if (other.spec.hostPort === spec.hostPort && !isSame) {
        return `port ${spec.hostPort} of ${host} may still be held by its ${other.spec.name}`;
      }
    }
  }
  return null;
}

function claimsOf(operation: OpenOperation): Claims {
  const none: Claims = { services: new Set(), balancers: new Set(), containers: [] };
  if (isRecorded(operation)) return none;
  const past = isPastPivot(operation);
  const steps = past ? operation.plan.steps : touchedSteps(operation);
  const containers = touchedSteps(operation).flatMap((step) =>
    step.kind === 'create_container' ? [{ host: step.host, spec: step.spec }] : [],
  );
  return {
    services: new Set(past ? servicesOf(operation) : []),
    balancers: new Set(steps.filter(changesBalancer).map(({ host }) => host)),
    containers,
  };
}

function servicesOf({ services, plan }: OpenOperation): string[] {
  const ofContainers = plan.steps.flatMap((step: Step) => ('spec' in step ? [step.spec.service] : []));
  return [...(services ?? []), ...ofContainers];
}
