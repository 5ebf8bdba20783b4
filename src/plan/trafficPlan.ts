import type { Server } from '../haproxy/routes.ts';
import { containerNamed } from '../model/lookup.ts';
import type { Container } from '../model/state.ts';
import { BalancerSteps } from './balancerSteps.ts';
import { once, type PlanBuilder } from './builder.ts';
import { calleesOf, callersOf, changedLinks, leaversOf, stayingCallers } from './callers.ts';
import { Knots } from './knots.ts';
import {
  backendsByName,
  hasServer,
  leavesEndpoint,
  reweighed,
  serversLeaving,
  serversMissingIn,
  stayingContainer,
  waysOf,
  type Backends,
  type Switch,
} from './traffic.ts';
import { Waits } from './waits.ts';

/**
 * The order of the steps that move the traffic of one load balancer. No backend is ever without a server on the way, and no
 * container answers for two stages at once: one whose links change is drained on its old ways before they do, and takes
 * requests on its new ways only then.
 */
export class TrafficPlan {
  readonly #change: Switch;
  readonly #steps: BalancerSteps;
  readonly #waits: Waits;
  readonly #from: Backends;
  readonly #to: Backends;
  readonly #knots: Knots;
  /** The step for a server of a backend, or for a link; each is made once, by whoever needs it first. */
  readonly #adds = new Map<string, readonly number[]>();
  readonly #drains = new Map<string, readonly number[]>();
  readonly #weights: number[] = [];
  readonly #relinks = new Map<string, readonly number[]>();
  readonly #relinking = new Set<string>();
  /** The containers that stay and call a backend they are to leave, by that backend. */
  readonly #leavers: ReadonlyMap<string, readonly Container[]>;
  /** The plans of all load balancers, this one among them: a container is called, and calls, through any of them. */
  #all: readonly TrafficPlan[] = [this];
  /** What everything here waits for: what is new is healthy, and the reload is done. */
  #ready: readonly number[] = [];
  readonly #loads: number[] = [];
  /** The wait for the workers that know the old places of links which change. */
  #forgotten: readonly number[] = [];

  private constructor(plan: PlanBuilder, change: Switch) {
    this.#change = change;
    this.#steps = new BalancerSteps(plan, change);
    this.#waits = new Waits(this.#steps, change);
    this.#from = backendsByName(change.from);
    this.#to = backendsByName(change.to);
    this.#knots = new Knots(change);
    this.#leavers = leaversOf(change);
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
    if (reload !== null && this.#loads.length === 0)
      this.#loads.push(this.#steps.load(reload, previous, needs));
  }

  /** Leads the links of a new container to their places. The load balancer must have them before the container starts. */
  link(container: Container, needs: readonly number[]): number[] {
    if (Object.keys(container.links).length === 0) return [];
    // A reload afterwards would read the map from its file, which has no new link yet.
    this.load(needs);
    return [...this.#loads, ...this.#steps.setLinks(container, [...needs, ...this.#loads])];
  }

  /** Drains a container before the one that takes its place starts; returns the steps after which nothing reaches it. */
  vacate({ name }: Container, needs: readonly number[]): readonly number[] {
    this.load(needs);
    const [ways, ready] = [waysOf(this.#from, name), [...needs, ...this.#loads]];
    for (const [backend, server] of ways)
      once(this.#drains, `${backend}/${name}`, () => this.#steps.drainServer(backend, server, ready));
    const waits = ways.flatMap((way) => this.#waitForServer(...way));
    return [...waits, ...(this.#loads.length > 0 ? this.#waits.forWorkers(this.#loads) : [])];
  }

  /** Has a container serve already while others are still to take their places. */
  admit(
    { name }: Container,
    needs: readonly number[],
    isWay: (backend: string) => boolean = () => true,
  ): readonly number[] {
    const ways = waysOf(this.#to, name).filter(([backend]) => isWay(backend));
    return ways.flatMap(([backend, server]) =>
      once(this.#adds, `${backend}/${name}`, () => this.#steps.addServer(backend, server, needs)),
    );
  }

  /** Loads what there is to load once all that is new is healthy; to be called of every load balancer before `move`. */
  begin(ready: readonly number[]): void {
    this.load(ready);
    this.#ready = [...ready, ...this.#loads];
    const relinks = stayingCallers(this.#change).some((one) => changedLinks(this.#change, one).length > 0);
    if (this.#loads.length > 0 && relinks) this.#forgotten = this.#waits.forWorkers(this.#loads);
  }

  /** Leads everything to where it is to go, and writes the file that says so; returns the last of these steps. */
  move(): readonly number[] {
    for (const container of stayingCallers(this.#change)) this.#relink(container);
    for (const backend of this.#to.values()) {
      for (const server of serversMissingIn(this.#from, backend)) this.#add(backend.name, server);
      for (const [server, previous] of reweighed(this.#from, backend))
        this.#weights.push(this.#steps.setWeight(backend.name, server, previous, this.#ready));
    }
    for (const [backend, server] of serversLeaving(this.#from, this.#to)) this.#drain(backend, server);
    return this.#write();
  }

  /** Waits for what is under way where it went before, and takes out the servers that have no part any more. */
  settle({ containersGo }: { readonly containersGo: boolean }): void {
    if (this.#loads.length > 0 && containersGo) this.#waits.forWorkers(this.#loads);
    // What a reload at the end has dropped is with the old workers.
    if (this.#change.last !== null) return;
    for (const container of stayingCallers(this.#change)) {
      this.#waits.forLinks(container, this.#relinks.get(container.name) ?? []);
    }
    for (const [backend, server] of serversLeaving(this.#from, this.#to)) {
      this.#steps.removeServer(backend, server, this.#waitForServer(backend, server));
    }
  }

  /** The steps after which nothing reaches a container any more. */
  drained(container: Container): number[] {
    return [...this.#waits.ofWorkers(this.#loads), ...this.#waits.ofContainer(container.name)];
  }

  /** Takes the links of a container that is gone out of the map, so that others can have its ports. */
  unlink(container: Container, needs: readonly number[]): void {
    const { to, last } = this.#change;
    // A reload at the end has read a file without them.
    if (to.links !== null && last === null) this.#steps.setLinks(container, needs);
  }

  #add(backend: string, server: Server): readonly number[] {
    return once(this.#adds, `${backend}/${server.name}`, () => {
      const container = containerNamed(this.#change.next, server.name);
      const led = container ? this.#all.flatMap((one) => one.#led(container)) : [];
      return this.#steps.addServer(backend, server, [...this.#ready, ...led]);
    });
  }

  /** The servers that take over come first, but those that wait for this one. */
  #drain(backend: string, server: Server): readonly number[] {
    return once(this.#drains, `${backend}/${server.name}`, () => {
      const successors = this.#knots.successorsOf(backend, server);
      const others = successors.flatMap((other) => this.#add(backend, other));
      return this.#steps.drainServer(backend, server, [...this.#ready, ...others]);
    });
  }

  #waitForServer(backend: string, server: Server): readonly number[] {
    return this.#waits.forServer(backend, server, () => this.#drain(backend, server));
  }

  /**
   * Leads the links of a container that stays to other places; returns the steps after which it may serve on its new
   * ways. On the old ways that it leaves it is drained before. Where it is to serve other endpoints than it did, it comes to
   * rest altogether: those who call it call others before, and those it is to call are led to their places before it is.
   */
  #relink(container: Container): readonly number[] {
    const known = this.#relinks.get(container.name);
    // Where containers cannot change places stack by stack (Knots), they do not wait for each other; mixing.ts warns of it.
    if (known || this.#relinking.has(container.name)) return known ?? [];
    if (changedLinks(this.#change, container).length === 0) return [];
    this.#relinking.add(container.name);
    const rests = leavesEndpoint(this.#change, container);
    const passed = new Set<string>();
    const left = this.#all.flatMap((one) => one.#leave(container.name, rests ? passed : null));
    const callees = this.#all.flatMap((one) => one.#calleesReady(container));
    const forgotten = this.#all.flatMap((one) => one.#forgotten);
    const set = this.#steps.setLinks(container, [...this.#ready, ...forgotten, ...left, ...callees]);
    const joins = this.#change.joining.some(({ name }) => name === container.name);
    const steps = rests || joins || left.length > 0 ? [...set, ...this.#waits.forLinks(container, set)] : set;
    this.#relinking.delete(container.name);
    this.#relinks.set(container.name, steps);
    return steps;
  }

  /**
   * The steps after which nobody reaches a container on the ways it leaves. Where it comes to rest, nobody does on the ways
   * that stay either, on behalf of an endpoint that its callers leave, or by callers that go; `passed` are the ways that were looked at.
   */
  #leave(container: string, passed: Set<string> | null): number[] {
    return waysOf(this.#from, container).flatMap(([backend, server]) => {
      const then = this.#to.get(backend);
      if (then && !hasServer(then, container)) return this.#waitForServer(backend, server);
      const way = `${this.#change.balancer.name}/${backend}`;
      if (passed === null || passed.has(way)) return [];
      passed.add(way);
      const leavers = (this.#leavers.get(backend) ?? []).filter(({ name }) => !this.#relinking.has(name));
      return [
        ...leavers.flatMap((caller) => this.#waits.forLinks(caller, this.#relink(caller))),
        ...callersOf(this.#change, backend).flatMap(({ name }) =>
          this.#all.flatMap((one) => one.#leave(name, passed)),
        ),
      ];
    });
  }

  /** The steps after which a container, and those it is to call, call where they are to call. */
  #led(container: Container): readonly number[] {
    const own = stayingContainer(this.#change, container.name) ? this.#relink(container) : [];
    return [...own, ...this.#calleesReady(container)];
  }

  /** The steps after which those that a container is to call are led to where they are to call others themselves. */
  #calleesReady(container: Container): readonly number[] {
    return calleesOf(this.#change, this.#to, container).flatMap((callee) => this.#relink(callee));
  }

  /** Where a reload alone brings about everything, it has written the file too. */
  #write(): readonly number[] {
    const { config, reload, last, previous } = this.#change;
    if (reload?.config === config) return this.#ready;
    const moved = [this.#adds, this.#drains].flatMap((steps) => [...steps.values()].flat());
    const needs = [...this.#ready, ...moved, ...this.#weights, ...[...this.#relinks.values()].flat()];
    if (last === null) return [this.#steps.writeConfig(reload?.config ?? previous, needs)];
    const load = this.#steps.load(last, reload?.config ?? previous, [...needs, ...this.#callersGone()]);
    this.#loads.push(load);
    return [load];
  }

  /** The steps after which containers that go have no requests, and call nobody. */
  #callersGone(): number[] {
    const going = serversLeaving(this.#from, this.#to).filter(
      ([, { name }]) => !stayingContainer(this.#change, name),
    );
    return [
      ...(this.#loads.length > 0 ? this.#waits.forWorkers(this.#loads) : []),
      ...going.flatMap(([backend, server]) => this.#waitForServer(backend, server)),
    ];
  }
}
