import type { State } from '../model/state.ts';
import { reachedBy, treesWith } from '../model/trees.ts';

/** The stages a position answers at: its own, and those of every tree that leads to it. */
export function stagesOf(
  state: State,
  service: string,
  position: number,
  stages: readonly string[],
): string[] {
  const own = stages.slice(position, position + 1);
  const led = treesWith(state, service).filter((endpoint) =>
    reachedBy(state, endpoint).get(service)?.has(position),
  );
  return [...new Set([...own, ...led.map((endpoint) => endpoint.stage)])];
}
