import type { Backend, Routes, Server } from '../haproxy/routes.ts';
import { containerNamed, ownersOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { becauseOfBackend, becauseOfLink, becauseOfWeight } from './because.ts';
import type { PlanBuilder } from './builder.ts';
import type { Draining } from './step.ts';
import type { Switch } from './traffic.ts';

const underWay = 'requests that are under way end where they began';

/**
 * The steps that move the traffic of one load balancer, added to a plan while it is made. No backend is ever without a
 * server on the way, and no container answers for two stages at once: one whose links change is drained on its old ways
 * before they do, and takes requests on its new ways only then.
 */
export class TrafficPlan {
  readonly #plan: PlanBuilder;
  readonly #change: Switch;
  readonly #before: State;
  readonly #next: State;
  readonly #from: ReadonlyMap<string, Backend>;
  readonly #to: ReadonlyMap<string, Backend>;
  /** The step for a server of a backend, a link or a container; each is added once, by whoever needs it first. */
  readonly #adds = new Map<string, number>();
  readonly #drains = new Map<string, number>();
  readonly #waits = new Map<string, number>();
  readonly #waitsOf = new Map<string, number[]>();
  readonly #relinks = new Map<string, readonly number[]>();
  readonly #relinking = new Set<string>();
  /** What everything here waits for: what is new is healthy, and the reload is done. */
  #ready: readonly number[] = [];
  #reload: number | null = null;

  constructor(plan: PlanBuilder, change: Switch, before: State, next: State) {
    this.#plan = plan;
    this.#change = change;
    this.#before = before;
    this.#next = next;
    this.#from = byName(change.from);
    this.#to = byName(change.to);
  }

  /** Loads what only a reload can change. */
  load(needs: readonly number[]): void {
    const { reload, previous, balancer } = this.#change;
    if (reload === null || this.#reload !== null) return;
    const step = {
      host: balancer.name,
      object: 'haproxy.cfg',
      previous,
      limit: balancer.drainLimit,
      ...reload,
    };
    this.#reload = this.#plan.add({ kind: 'reload', ...step }, needs);
  }

  /** Leads the links of a new container to their places. The load balancer must have them before the container starts. */
  link(container: Container, needs: readonly number[]): number[] {
    // A reload afterwards would read the map from its file, which has no new link yet.
    if (Object.keys(container.links).length > 0) this.load(needs);
    return this.#setMaps(container, needs);
  }

  /** Leads everything to where it is to go, and writes the file that says so; returns the last of these steps. */
  move(ready: readonly number[]): number[] {
    this.load(ready);
    this.#ready = [...ready, ...this.#reloaded()];
    for (const container of this.#callers()) this.#relink(container);
    for (const backend of this.#to.values()) {
      for (const server of this.#newIn(backend)) this.#add(backend.name, server);
      this.#reweigh(backend);
    }
    for (const backend of this.#from.values()) {
      for (const server of this.#goneFrom(backend)) this.#drain(backend.name, server);
    }
    return this.#write();
  }

  /** Waits for what is under way where it went before, and takes out the servers that have no part any more. */
  settle({ containersGo }: { readonly containersGo: boolean }): void {
    const { balancer } = this.#change;
    if (this.#reload !== null && containersGo) {
      const step = { host: balancer.name, object: 'old workers', of: null, limit: balancer.drainLimit };
      const wait = this.#plan.add({ kind: 'wait_drained', ...step, because: underWay }, [this.#reload]);
      this.#waits.set('old workers', wait);
    }
    for (const container of this.#callers())
      this.#waitForLinks(container, this.#relinks.get(container.name) ?? []);
    for (const backend of this.#from.values()) {
      for (const server of this.#goneFrom(backend)) {
        const because = 'nothing is sent to it any more';
        const drained = this.#waitForServer(backend.name, server);
        this.#plan.add({ kind: 'remove_server', ...this.#serverAt(backend.name, server), because }, [
          drained,
        ]);
      }
    }
  }

  /** The steps after which nothing reaches a container any more. */
  drained(container: Container): number[] {
    return [this.#waits.get('old workers') ?? [], this.#waitsOf.get(container.name) ?? []].flat();
  }

  /** Takes the links of a container that is gone out of the map, so that others can have its ports. */
  unlink(container: Container, needs: readonly number[]): void {
    this.#setMaps(container, needs);
  }

  #add(backend: string, server: Server): number {
    return once(this.#adds, `${backend}/${server.name}`, () => {
      const container = this.#kept(server.name);
      const linked = container ? this.#relink(container) : [];
      const because = becauseOfBackend(this.#before, this.#next, backend);
      const draft = { kind: 'add_server', ...this.#serverAt(backend, server), because } as const;
      return this.#plan.add(draft, [...this.#ready, ...linked]);
    });
  }

  /** The servers that take over come first. */
  #drain(backend: string, server: Server): number {
    return once(this.#drains, `${backend}/${server.name}`, () => {
      const then = this.#to.get(backend);
      const others = then ? this.#newIn(then).map((other) => this.#add(backend, other)) : [];
      const because = becauseOfBackend(this.#before, this.#next, backend);
      const draft = { kind: 'drain_server', ...this.#serverAt(backend, server), because } as const;
      return this.#plan.add(draft, [...this.#ready, ...others]);
    });
  }

  #waitForServer(backend: string, server: Server): number {
    return once(this.#waits, `${backend}/${server.name}`, () => {
      const drained = this.#drain(backend, server);
      const { object, limit } = this.#serverAt(backend, server);
      const wait = this.#wait(object, { backend, server: server.name }, limit, [drained]);
      this.#waitsOf.set(server.name, [...(this.#waitsOf.get(server.name) ?? []), wait]);
      return wait;
    });
  }

  #wait(object: string, of: Draining, limit: number, needs: readonly number[]): number {
    const host = this.#change.balancer.name;
    return this.#plan.add({ kind: 'wait_drained', host, object, of, limit, because: underWay }, needs);
  }

  #reweigh(backend: Backend): void {
    const now = new Map(this.#from.get(backend.name)?.servers.map((server) => [server.name, server.weight]));
    for (const server of backend.servers) {
      const previous = now.get(server.name) ?? server.weight;
      if (previous === server.weight) continue;
      const because = becauseOfWeight(backend.name, server);
      const step = { ...this.#serverAt(backend.name, server), previous, because };
      this.#plan.add({ kind: 'set_weight', ...step }, this.#ready);
    }
  }

  /**
   * Leads the links of a container that stays to other places; returns the steps after which it may serve on its new
   * ways. On the old ways that it leaves it is drained before, and what it called on them is waited for.
   */
  #relink(container: Container): readonly number[] {
    const known = this.#relinks.get(container.name);
    // Containers that change places with each other cannot wait for each other.
    if (known || this.#relinking.has(container.name)) return known ?? [];
    if (this.#changedLinks(container).length === 0) return [];
    this.#relinking.add(container.name);
    const left = this.#leaves(container.name);
    const drained = left.map(([backend, server]) => this.#waitForServer(backend, server));
    const set = this.#setMaps(container, [...this.#ready, ...drained]);
    const steps = left.length === 0 ? set : [...set, ...this.#waitForLinks(container, set)];
    this.#relinking.delete(container.name);
    this.#relinks.set(container.name, steps);
    return steps;
  }

  #waitForLinks(container: Container, needs: readonly number[]): number[] {
    return this.#changedLinks(container).flatMap(([child, port]) => {
      const old = this.#change.from.links?.entries.get(port);
      if (!old) return [];
      return once(this.#waits, `link ${port}`, () =>
        this.#wait(`${container.name} to ${child}`, { backend: old.backend, port }, old.drainLimit, needs),
      );
    });
  }

  #setMaps(container: Container, needs: readonly number[]): number[] {
    const { balancer, from, to } = this.#change;
    return this.#changedLinks(container).map(([child, port]) => {
      const [previous, backend] = [from, to].map(({ links }) => links?.entries.get(port)?.backend ?? null);
      const step = { map: balancer.linkMap, port, backend: backend ?? null, previous: previous ?? null };
      const because = becauseOfLink(container, child, backend ?? null);
      const object = `${container.name} to ${child}`;
      const draft = { kind: 'set_map', host: balancer.name, object, ...step, because } as const;
      return this.#plan.add(draft, [...needs, ...this.#reloaded()]);
    });
  }

  #changedLinks({ links }: Container): [child: string, port: number][] {
    const { from, to } = this.#change;
    if (to.links === null) return [];
    const backendOf = (routes: Routes, port: number): string | undefined =>
      routes.links?.entries.get(port)?.backend;
    return Object.entries(links)
      .map(([child, { port }]): [string, number] => [child, port])
      .filter(([, port]) => backendOf(from, port) !== backendOf(to, port));
  }

  /** The backends a container is taken out of. */
  #leaves(container: string): [backend: string, server: Server][] {
    const find = (backend: Backend | undefined): Server | undefined =>
      backend?.servers.find(({ name }) => name === container);
    return [...this.#from.values()].flatMap((backend): [string, Server][] => {
      const server = find(backend);
      return server && !find(this.#to.get(backend.name)) ? [[backend.name, server]] : [];
    });
  }

  /** Where a reload alone brings about everything, it has written the file too. */
  #write(): number[] {
    const { config, reload, previous, balancer } = this.#change;
    if (reload?.config === config) return this.#reloaded();
    const because = 'a restart of HAProxy gives the same';
    const step = {
      host: balancer.name,
      object: 'haproxy.cfg',
      config,
      previous: reload?.config ?? previous,
      because,
    };
    const moved = [this.#adds, this.#drains].flatMap((steps) => [...steps.values()]);
    const needs = [...this.#ready, ...moved, ...[...this.#relinks.values()].flat()];
    return [this.#plan.add({ kind: 'write_config', ...step }, needs)];
  }

  #reloaded(): number[] {
    return this.#reload === null ? [] : [this.#reload];
  }

  #serverAt(backend: string, server: Server) {
    const { balancer } = this.#change;
    const container = containerNamed(this.#before, server.name) ?? containerNamed(this.#next, server.name);
    const state = containerNamed(this.#before, server.name) ? this.#before : this.#next;
    const own = container ? ownersOf(state, container).service.traffic.drainLimit : null;
    const limit = own ?? balancer.drainLimit;
    return { host: balancer.name, object: `${backend}/${server.name}`, backend, server, limit };
  }

  /** The containers that stay and call others. */
  #callers(): Container[] {
    return this.#next.containers.filter(
      ({ name, links }) => Object.keys(links).length > 0 && this.#kept(name) !== undefined,
    );
  }

  /** The container of a name that is there before and after, as it is after. */
  #kept(name: string): Container | undefined {
    return containerNamed(this.#before, name) && containerNamed(this.#next, name);
  }

  #newIn({ name, servers }: Backend): Server[] {
    const now = new Set(this.#from.get(name)?.servers.map((server) => server.name));
    return servers.filter((server) => !now.has(server.name));
  }

  #goneFrom({ name, servers }: Backend): Server[] {
    const then = new Set(this.#to.get(name)?.servers.map((server) => server.name));
    return servers.filter((server) => !then.has(server.name));
  }
}

function byName({ backends }: Routes): Map<string, Backend> {
  return new Map(backends.map((backend) => [backend.name, backend]));
}

/** What is kept under a key, or else is made and kept now. */
function once(kept: Map<string, number>, key: string, make: () => number): number {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}
