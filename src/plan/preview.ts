import { canonicalText } from '../model/canonical.ts';
import { changeBetween, touchedServices } from '../model/change.ts';
import {
  containersOf,
  endpointNamed,
  externalNamed,
  stacksOf,
  serviceNamed,
  targetAt,
} from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import type { Target } from '../model/traffic.ts';
import { edgesOf } from '../model/trees.ts';
import { treeLines } from './treeLines.ts';

/** A stack before and after a change, position by position, for reviewers. */
export type StackChange = {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  readonly before: readonly Cell[];
  readonly after: readonly Cell[];
};

export type Cell = Pick<Container, 'name' | 'version'>;

/** Every stack that the change touches, and no other. */
export function stackChanges(before: State, next: State): StackChange[] {
  const services = touchedServices(changeBetween(before, next), before, next);
  return [...services].flatMap((service) => {
    const stacks = new Map(
      [before, next]
        .flatMap((state) => (serviceNamed(state, service) ? stacksOf(state, service) : []))
        .map((stack) => [stack.name, stack]),
    );
    return [...stacks.values()]
      .map((stack) => ({
        stack: stack.name,
        service,
        host: stack.host,
        before: cells(before, stack.name),
        after: cells(next, stack.name),
      }))
      .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
  });
}

/** A service tree before and after a change, line by line as `show tree` draws it. */
export type TreeChange = {
  readonly endpoint: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
};

/** Every tree that is another one after the change: other relations, positions or targets. Trees without relations are left out. */
export function treeChanges(before: State, next: State): TreeChange[] {
  const names = new Set([...before.endpoints, ...next.endpoints].map((endpoint) => endpoint.name));
  return [...names].flatMap((endpoint) => {
    const relations = (state: State): string =>
      canonicalText([rootOf(state, endpoint), edgesOf(state, endpoint), targetsIn(state, endpoint)]);
    const hasTree = [before, next].some((state) => edgesOf(state, endpoint).length > 0);
    if (!hasTree || relations(before) === relations(next)) return [];
    return [{ endpoint, before: treeLines(before, endpoint), after: treeLines(next, endpoint) }];
  });
}

/** Where a tree begins, and with which weights where it spreads over positions. */
function rootOf(state: State, name: string): unknown {
  const endpoint = endpointNamed(state, name);
  return endpoint ? [endpoint.pointer, endpoint.options.weights] : null;
}

function targetsIn(state: State, endpoint: string): (Target | null)[] {
  const stage = endpointNamed(state, endpoint)?.stage ?? '';
  return edgesOf(state, endpoint).map(({ child }) => {
    const external = externalNamed(state, child);
    return (external && targetAt(external, stage)) ?? null;
  });
}

function cells(state: State, stack: string): Cell[] {
  return containersOf(state, stack).map(({ name, version }) => ({ name, version }));
}
