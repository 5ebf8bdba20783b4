import type { Environment } from '../model/environment.ts';
import { containersOf, stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { hostOfStack } from './hostOfStack.ts';
import { noSuchStack } from './missing.ts';
import { noSuchPosition } from './pop.ts';
import { addContainer } from './pushOnStack.ts';

/** `up`: the version of the position above is taken; `down`: that of the position below. */
export type Direction = 'up' | 'down';

export type Replace = { readonly stack: string; readonly position: number; readonly direction: Direction };

/**
 * Replaces the container at a position by a new one with the version and digest of its neighbour (thesis, figure
 * 4.15). The old one keeps its port until it is gone, so that the new one can run beside it.
 */
export function replace(
  state: State,
  { stack, position, direction }: Replace,
  environment: Environment,
): Outcome {
  const row = stackNamed(state, stack);
  if (!row) return noSuchStack(stack);
  const containers = containersOf(state, stack);
  const old = containers[position];
  if (!old) return noSuchPosition(stack, position, containers.length);
  const neighbour = containers[position + (direction === 'up' ? 1 : -1)];
  if (!neighbour) {
    const end = direction === 'up' ? 'above' : 'below';
    const other = direction === 'up' ? 'down' : 'up';
    return refused(
      refusal(
        'stack-height',
        stack,
        `nothing stands ${end} position ${position}`,
        `choose --direction ${other}`,
      ),
    );
  }
  const host = hostOfStack(row, environment);
  if (!host.ok) return host;
  const pushed = addContainer(state, { stack, host: host.value, bits: neighbour });
  if (!pushed.ok) return pushed;
  const known = new Set(state.containers.map((container) => container.name));
  return proposed({
    ...pushed.value,
    containers: pushed.value.containers.flatMap((container) => {
      if (container === old) return [];
      return known.has(container.name) ? [container] : [{ ...container, position }];
    }),
  });
}
