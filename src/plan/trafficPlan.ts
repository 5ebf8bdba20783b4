import type { Backend, Server } from '../haproxy/routes.ts';
import type { Container } from '../model/state.ts';
import { becauseOfBackend, becauseOfLink, becauseOfWeight } from './because.ts';
import { once, type PlanBuilder } from './builder.ts';
import type { Draining } from './step.ts';
import {
  backendsByName,
  changedLinks,
  ownLimitOf,
  serversMissingIn,
  stayingCallers,
  stayingContainer,
  waysLeft,
  type Backends,
  type Load,
  type Switch,
} from './traffic.ts';

/**
 * The steps that move the traffic of one load balancer, added to a plan while it is made. No backend is ever without a
 * server on the way, and no container answers for two stages at once: one whose links change is drained on its old ways
 * before they do, and takes requests on its new ways only then.
 */
export class TrafficPlan {
  readonly #plan: PlanBuilder;
  readonly #change: Switch;
  readonly #from: Backends;
  readonly #to: Backends;
  /** The step for a server of a backend, a link or a container; each is added once, by whoever needs it first. */
  readonly #adds = new Map<string, number>();
  readonly #drains = new Map<string, number>();
  readonly #waits = new Map<string, number>();
  readonly #waitsOf = new Map<string, number[]>();
  readonly #weights: number[] = [];
  readonly #relinks = new Map<string, readonly number[]>();
  readonly #relinking = new Set<string>();
  /** The plans of all load balancers, this one among them: a container is called, and calls, through any of them. */
  #all: readonly TrafficPlan[] = [this];
  /** What everything here waits for: what is new is healthy, and the reload is done. */
  #ready: readonly number[] = [];
  readonly #loads: number[] = [];

  private constructor(plan: PlanBuilder, change: Switch) {
    this.#plan = plan;
    this.#change = change;
    this.#from = backendsByName(change.from);
    this.#to = backendsByName(change.to);
  }

  /** The plans for all load balancers that change. */
  static ofAll(plan: PlanBuilder, changes: readonly Switch[]): readonly TrafficPlan[] {
    const all = changes.map((change) => new TrafficPlan(plan, change));
    for (const one of all) one.#all = all;
    return all;
  }

  /** Loads what only a reload can change. */
  load(needs: readonly number[]): void {
    const { reload, previous } = this.#change;
    if (reload !== null && this.#loads.length === 0) this.#load(reload, previous, needs);
  }

  /** Leads the links of a new container to their places. The load balancer must have them before the container starts. */
  link(container: Container, needs: readonly number[]): number[] {
    if (Object.keys(container.links).length === 0) return [];
    // A reload afterwards would read the map from its file, which has no new link yet.
    this.load(needs);
    return [...this.#reloaded(), ...this.#setMaps(container, needs)];
  }

  /** Loads what there is to load once all that is new is healthy; to be called of every load balancer before `move`. */
  begin(ready: readonly number[]): void {
    this.load(ready);
    this.#ready = [...ready, ...this.#reloaded()];
  }

  /** Leads everything to where it is to go, and writes the file that says so; returns the last of these steps. */
  move(): number[] {
    for (const container of stayingCallers(this.#change)) this.#relink(container);
    for (const backend of this.#to.values()) {
      for (const server of serversMissingIn(this.#from, backend)) this.#add(backend.name, server);
      this.#reweigh(backend);
    }
    for (const [backend, server] of this.#leaving()) this.#drain(backend, server);
    return this.#write();
  }

  /** Waits for what is under way where it went before, and takes out the servers that have no part any more. */
  settle({ containersGo }: { readonly containersGo: boolean }): void {
    if (this.#loads.length > 0 && containersGo) {
      const { drainLimit } = this.#change.to;
      this.#waits.set('old workers', this.#wait('old workers', null, drainLimit, this.#loads));
    }
    for (const container of stayingCallers(this.#change))
      this.#waitForLinks(container, this.#relinks.get(container.name) ?? []);
    for (const [backend, server] of this.#leaving()) {
      const because = 'nothing is sent to it any more';
      const drained = [this.#waitForServer(backend, server)];
      this.#plan.add({ kind: 'remove_server', ...this.#serverAt(backend, server), because }, drained);
    }
  }

  /** The steps after which nothing reaches a container any more. */
  drained(container: Container): number[] {
    return [this.#waits.get('old workers') ?? [], this.#waitsOf.get(container.name) ?? []].flat();
  }

  /** Takes the links of a container that is gone out of the map, so that others can have its ports. */
  unlink(container: Container, needs: readonly number[]): void {
    if (this.#change.to.links !== null) this.#setMaps(container, needs);
  }

  #add(backend: string, server: Server): number {
    return once(this.#adds, `${backend}/${server.name}`, () => {
      const container = stayingContainer(this.#change, server.name);
      const linked = container ? this.#all.flatMap((one) => one.#relink(container)) : [];
      const because = becauseOfBackend(this.#change, backend);
      const draft = { kind: 'add_server', ...this.#serverAt(backend, server), because } as const;
      return this.#plan.add(draft, [...this.#ready, ...linked]);
    });
  }

  /** The servers that take over come first. */
  #drain(backend: string, server: Server): number {
    return once(this.#drains, `${backend}/${server.name}`, () => {
      const then = this.#to.get(backend);
      const others = then ? serversMissingIn(this.#from, then).map((other) => this.#add(backend, other)) : [];
      const because = becauseOfBackend(this.#change, backend);
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

  #wait(object: string, of: Draining | null, limit: number, needs: readonly number[]): number {
    const because = 'requests that are under way end where they began';
    const step = { host: this.#change.balancer.name, object, of, limit, because };
    return this.#plan.add({ kind: 'wait_drained', ...step }, needs);
  }

  #reweigh(backend: Backend): void {
    const now = new Map(this.#from.get(backend.name)?.servers.map((server) => [server.name, server.weight]));
    for (const server of backend.servers) {
      const previous = now.get(server.name) ?? server.weight;
      if (previous === server.weight) continue;
      const because = becauseOfWeight(backend.name, server);
      const step = { ...this.#serverAt(backend.name, server), previous, because };
      this.#weights.push(this.#plan.add({ kind: 'set_weight', ...step }, this.#ready));
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
    if (changedLinks(this.#change, container).length === 0) return [];
    this.#relinking.add(container.name);
    const drained = this.#all.flatMap((one) => one.#leave(container));
    const set = this.#setMaps(container, [...this.#ready, ...drained]);
    const steps = drained.length === 0 ? set : [...set, ...this.#waitForLinks(container, set)];
    this.#relinking.delete(container.name);
    this.#relinks.set(container.name, steps);
    return steps;
  }

  #leave(container: Container): number[] {
    const ways = waysLeft(this.#from, this.#to, container.name);
    return ways.map(([backend, server]) => this.#waitForServer(backend, server));
  }

  #waitForLinks(container: Container, needs: readonly number[]): number[] {
    return changedLinks(this.#change, container).flatMap(([child, port]) => {
      const old = this.#change.from.links?.entries.get(port);
      if (!old) return [];
      return once(this.#waits, `link ${port}`, () =>
        this.#wait(`${container.name} to ${child}`, { backend: old.backend, port }, old.drainLimit, needs),
      );
    });
  }

  #setMaps(container: Container, needs: readonly number[]): number[] {
    const { balancer, from, to } = this.#change;
    return changedLinks(this.#change, container).map(([child, port]) => {
      const [previous, backend] = [from, to].map(({ links }) => links?.entries.get(port)?.backend ?? null);
      const step = { map: balancer.linkMap, port, backend: backend ?? null, previous: previous ?? null };
      const because = becauseOfLink(container, child, backend ?? null);
      const object = `${container.name} to ${child}`;
      const draft = { kind: 'set_map', host: balancer.name, object, ...step, because } as const;
      return this.#plan.add(draft, [...needs, ...this.#reloaded()]);
    });
  }

  /** Where a reload alone brings about everything, it has written the file too. */
  #write(): number[] {
    const { config, reload, last, balancer } = this.#change;
    if (reload?.config === config) return [...this.#ready];
    const previous = reload?.config ?? this.#change.previous;
    const moved = [this.#adds, this.#drains].flatMap((steps) => [...steps.values()]);
    const needs = [...this.#ready, ...moved, ...this.#weights, ...[...this.#relinks.values()].flat()];
    if (last !== null) return [this.#load(last, previous, needs)];
    const because = 'a restart of HAProxy gives the same';
    const step = { host: balancer.name, object: 'haproxy.cfg', config, previous, because };
    return [this.#plan.add({ kind: 'write_config', ...step }, needs)];
  }

  #load({ config, because }: Load, previous: string, needs: readonly number[]): number {
    const { balancer, to } = this.#change;
    const step = { host: balancer.name, object: 'haproxy.cfg', config, previous, because };
    const load = this.#plan.add({ kind: 'reload', ...step, limit: to.drainLimit }, needs);
    this.#loads.push(load);
    return load;
  }

  #reloaded(): number[] {
    return this.#change.reload === null ? [] : this.#loads.slice(0, 1);
  }

  #serverAt(backend: string, server: Server) {
    const { balancer } = this.#change;
    const limit = ownLimitOf(this.#change, server.name) ?? balancer.drainLimit;
    const sticky = (this.#to.get(backend) ?? this.#from.get(backend))?.options.sticky ?? false;
    return { host: balancer.name, object: `${backend}/${server.name}`, backend, server, sticky, limit };
  }

  /** The servers that backends lose. A backend that goes altogether goes with a reload, and its servers with it. */
  #leaving(): [backend: string, server: Server][] {
    const staying = [...this.#from.values()].filter(({ name }) => this.#to.has(name));
    return staying.flatMap((backend) =>
      serversMissingIn(this.#to, backend).map((server): [string, Server] => [backend.name, server]),
    );
  }
}
