import { containersOf, stacksOf, serviceNamed } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';

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
  const services = new Set([...before.services, ...next.services].map((service) => service.name));
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

function cells(state: State, stack: string): Cell[] {
  return containersOf(state, stack).map(({ name, version }) => ({ name, version }));
}
