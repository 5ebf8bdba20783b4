import { containersOf, stacksOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { edgesOf, treesWith } from '../model/trees.ts';

/**
 * One text for all states that a search can take for the same: those with the same bits in the same order, the same links
 * and the same retained containers on each stack of the service, and the same pointers, weights and relations of its trees.
 * Names, ports and counters are left out, because nothing is asked of these but that they are fresh; all else in the state is
 * left alone by every move.
 */
export function keyOf(state: State, service: string): string {
  const bits = ({ version, digest, created, links }: Container): unknown => [
    version,
    digest,
    created,
    Object.keys(links).sort(),
  ];
  const stacks = stacksOf(state, service).map(({ name }) => [
    containersOf(state, name).map(bits),
    state.retained.filter((row) => row.stack === name).map((row) => [bits(row), row.warm]),
  ]);
  const trees = treesWith(state, service).map(({ name, pointer, options }) => [
    ...[name, pointer, options.weights.map(({ position, weight }) => [position, weight])],
    edgesOf(state, name).map(({ parent, child, position }) => [parent, child, position]),
  ]);
  return JSON.stringify([stacks, trees]);
}
