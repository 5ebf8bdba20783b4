import { serviceNamed } from '../model/lookup.ts';
import type { Rolling } from '../model/rolling.ts';
import type { State } from '../model/state.ts';
import type { FailurePolicy } from './failurePolicy.ts';
import type { Step, StepKind } from './step.ts';

/** The steps by which a container comes up; that one of them fails says something of the container. */
const comingUp: readonly StepKind[] = ['start_container', 'wait_healthy', 'watch_health'];

/** The containers of a plan that may fail. */
export type MayFail = {
  /** Those that are made, by what their services say. */
  readonly added: ReadonlySet<string>;
  /** Those that are there already, and may be ill although they are to serve; none, where that undoes everything. */
  readonly forgiven: ReadonlySet<string>;
};

/**
 * What the services of a plan's containers say of their failures; nothing where a failure undoes everything, as usual. Of
 * the containers at a position one at least must be well, so that nothing is led to nobody.
 */
export function failurePolicyOf(
  steps: readonly Step[],
  { added, forgiven }: MayFail,
  next: State,
): FailurePolicy | null {
  const rollingOf = (service: string): Rolling | undefined => serviceNamed(next, service)?.rolling;
  const places = new Map<string, { rolling: Rolling; containers: Set<string>; steps: number[] }>();
  const pauses: number[] = [];
  for (const step of steps) {
    if (!('spec' in step) || !comingUp.includes(step.kind)) continue;
    const { name, service, position } = step.spec;
    const rolling = rollingOf(service);
    if (!rolling) continue;
    if (rolling.onFailure === 'pause') pauses.push(step.seq);
    const isForgiven = forgiven.has(name);
    if (!added.has(name) && !isForgiven) continue;
    const key = `${service} ${position} ${isForgiven ? 'forgiven' : 'added'}`;
    const own: Rolling = isForgiven ? { ...rolling, onFailure: 'continue' } : rolling;
    const place = places.get(key) ?? { rolling: own, containers: new Set(), steps: [] };
    place.containers.add(name);
    place.steps.push(step.seq);
    places.set(key, place);
  }
  const tolerated = [...places.values()]
    .map(({ rolling, containers, steps: own }) => ({
      steps: own,
      failures: toleratedOf(rolling, containers.size),
    }))
    .filter(({ failures }) => failures > 0);
  return pauses.length + tolerated.length > 0 ? { pauses, tolerated } : null;
}

function toleratedOf({ onFailure, maxFailureRatio }: Rolling, count: number): number {
  return Math.min(count - 1, onFailure === 'continue' ? count : Math.floor(maxFailureRatio * count + 1e-9));
}
