import type { FailurePolicy } from './failurePolicy.ts';
import type { MayFail } from './failures.ts';
import type { Step, StepKind } from './step.ts';
import type { SharedStep } from './strategy.ts';

/** All that is done for one container before it gets requests. */
const ofContainers: readonly StepKind[] = [
  ...(['create_container', 'start_container', 'wait_healthy', 'watch_health'] as const),
];

type ContainerStep = Extract<Step, { spec: unknown }>;

/**
 * The policy of an operation that does all it can: of the containers at a position all but one may fail, also because their host
 * or their image does, and nothing is undone. Where none would be left at a position, and where a load balancer fails, it
 * stops where it is: traffic is led to nobody, and not to two places at once.
 */
export function bestEffortPolicy(
  steps: readonly Step[],
  { added, forgiven }: MayFail,
  pivot: number,
): FailurePolicy {
  const own = steps.filter(
    (step): step is ContainerStep =>
      'spec' in step &&
      ofContainers.includes(step.kind) &&
      (added.has(step.spec.name) || forgiven.has(step.spec.name)),
  );
  const places = new Map<string, ContainerStep[]>();
  for (const step of own) {
    const { service, position, name } = step.spec;
    const key = `${service} ${position} ${added.has(name) ? 'added' : 'there'}`;
    places.set(key, [...(places.get(key) ?? []), step]);
  }
  return {
    pauses: steps.filter(({ seq }) => seq <= pivot).map(({ seq }) => seq),
    tolerated: [...places.values()].map((place) => ({
      steps: place.map(({ seq }) => seq),
      failures: new Set(place.map(({ spec }) => spec.name)).size - 1,
    })),
    shared: steps.flatMap((step) => sharedBy(step, own)),
  };
}

/** The containers that a host or an image is needed for. */
function sharedBy(step: Step, own: readonly ContainerStep[]): SharedStep[] {
  if (step.kind !== 'check_host' && step.kind !== 'pull_image') return [];
  const needing = own.filter(
    ({ host, spec }) => host === step.host && (step.kind === 'check_host' || spec.image === step.image),
  );
  const containers = new Map(needing.map(({ spec, seq }) => [spec.name, { name: spec.name, step: seq }]));
  return [{ step: step.seq, containers: [...containers.values()] }];
}
