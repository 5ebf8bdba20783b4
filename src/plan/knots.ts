import type { Backend, Server } from '../haproxy/routes.ts';
import { containerNamed } from '../model/lookup.ts';
import { changedLinks } from './callers.ts';
import {
  backendsByName,
  hasServer,
  serversLeaving,
  serversMissingIn,
  stayingContainer,
  waysOf,
  type Backends,
  type Sides,
} from './traffic.ts';

/**
 * Containers that change places: each serves what another served, and may only when its links are led there, for which it has
 * to leave what it serves now. If all who take over were waited for, they would wait for each other. They go stack by stack
 * instead: those of one stack are drained while the other stacks serve, and take requests again before the next stack's are.
 */
export class Knots {
  readonly #change: Sides;
  readonly #from: Backends;
  readonly #to: Backends;
  /** The containers that a container waits for, by name, if it waits for all who take over from it. */
  readonly #awaited = new Map<string, ReadonlySet<string>>();

  constructor(change: Sides) {
    this.#change = change;
    this.#from = backendsByName(change.from);
    this.#to = backendsByName(change.to);
  }

  /** The servers that have to take requests of a backend before one that leaves it takes none any more. */
  successorsOf(backend: string, leaving: Server): readonly Server[] {
    const then = this.#to.get(backend);
    if (!then) return [];
    return this.#isStuck(then) ? this.#joining(then) : this.#successors(then, leaving);
  }

  /** The containers that cannot change places without a moment at which nobody would answer: there is but one stack of them. */
  get stuck(): readonly string[] {
    const leaving = serversLeaving(this.#from, this.#to).filter(([backend, { name }]) => {
      const then = this.#to.get(backend);
      return then && this.#isStuck(then) && this.#joining(then).some((other) => this.#isTied(name, other));
    });
    return [...new Set(leaving.map(([, { name }]) => name))];
  }

  /** Whether a backend would be without a server if its servers went stack by stack. */
  #isStuck(then: Backend): boolean {
    const now = this.#from.get(then.name)?.servers ?? [];
    const leaving = now.filter(({ name }) => !hasServer(then, name));
    if (leaving.length === 0 || leaving.length < now.length || this.#joining(then).length === 0) return false;
    return leaving.every((server) => this.#successors(then, server).length === 0);
  }

  #successors(then: Backend, leaving: Server): Server[] {
    const stack = this.#stackOf(leaving.name);
    return this.#joining(then).filter(
      (other) => !this.#isTied(leaving.name, other) || this.#stackOf(other.name) < stack,
    );
  }

  #joining(then: Backend): Server[] {
    return serversMissingIn(this.#from, then);
  }

  /** Whether a server that takes over from a container waits for that container itself. */
  #isTied(leaving: string, { name }: Server): boolean {
    return this.#isLed(leaving) && this.#awaitedBy(name).has(leaving);
  }

  #awaitedBy(container: string): ReadonlySet<string> {
    const known = this.#awaited.get(container);
    if (known) return known;
    const found = new Set([container]);
    // The loop also visits the containers that are added while it runs.
    for (const name of found) this.#followersOf(name).forEach((other) => found.add(other));
    this.#awaited.set(container, found);
    return found;
  }

  /** The containers that take over what a container leaves, if its links can be led elsewhere only when it has left that. */
  #followersOf(container: string): string[] {
    if (!this.#isLed(container)) return [];
    return waysOf(this.#from, container).flatMap(([backend]) => {
      const then = this.#to.get(backend);
      return then && !hasServer(then, container) ? this.#joining(then).map(({ name }) => name) : [];
    });
  }

  /** Whether a container stays, and has links that are to lead elsewhere. */
  #isLed(name: string): boolean {
    const container = stayingContainer(this.#change, name);
    return container !== undefined && changedLinks(this.#change, container).length > 0;
  }

  /** The place of a container's stack among all. */
  #stackOf(name: string): number {
    const { stacks } = this.#change.next;
    const stack = containerNamed(this.#change.next, name)?.stack;
    return stacks.findIndex((row) => row.name === stack);
  }
}
