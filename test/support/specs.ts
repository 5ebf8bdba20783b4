import type { Origin } from '../../src/docker/containerBody.ts';
import type { ServiceSettings } from '../../src/model/settings.ts';
import { specOf, type ContainerSpec } from '../../src/plan/spec.ts';
import { makeState } from './makeState.ts';

export const origin: Origin = { environment: 'the-environment', operation: 7, step: 3 };

/** The specification of the one container of a small service. */
export function makeSpec(settings: Partial<ServiceSettings> = {}): ContainerSpec {
  const state = makeState({ webapp: { versions: ['v0.1'], settings } });
  const [container] = state.containers;
  if (!container) throw new Error('the sketch has no container');
  return specOf(state, container);
}
