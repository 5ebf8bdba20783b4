import type { Server } from '../haproxy/routes.ts';
import type { Container } from '../model/state.ts';
import { becauseOfBackend, becauseOfLink, becauseOfWeight } from './because.ts';
import type { PlanBuilder } from './builder.ts';
import { changedLinks, endingLinks } from './callers.ts';
import type { Draining } from './step.ts';
import { ownLimitOf, type Load, type Switch } from './traffic.ts';

type Needs = readonly number[];

/** Adds the single steps on one load balancer to a plan; in which order is for TrafficPlan to say. */
export class BalancerSteps {
  readonly #plan: PlanBuilder;
  readonly #change: Switch;

  constructor(plan: PlanBuilder, change: Switch) {
    this.#plan = plan;
    this.#change = change;
  }

  addServer(backend: string, server: Server, needs: Needs): number {
    const because = becauseOfBackend(this.#change, backend);
    return this.#plan.add({ kind: 'add_server', ...this.#serverAt(backend, server), because }, needs);
  }

  drainServer(backend: string, server: Server, needs: Needs): number {
    const because = becauseOfBackend(this.#change, backend);
    return this.#plan.add({ kind: 'drain_server', ...this.#serverAt(backend, server), because }, needs);
  }

  removeServer(backend: string, server: Server, needs: Needs): number {
    const because = 'nothing is sent to it any more';
    return this.#plan.add({ kind: 'remove_server', ...this.#serverAt(backend, server), because }, needs);
  }

  setWeight(backend: string, server: Server, previous: number, needs: Needs): number {
    const step = { ...this.#serverAt(backend, server), previous, because: becauseOfWeight(backend, server) };
    return this.#plan.add({ kind: 'set_weight', ...step }, needs);
  }

  waitForServer(backend: string, server: Server, needs: Needs): number {
    const { object, limit } = this.#serverAt(backend, server);
    return this.wait(object, { backend, server: server.name }, limit, needs);
  }

  wait(object: string, of: Draining | null, limit: number, needs: Needs): number {
    const because = 'requests that are under way end where they began';
    const step = { host: this.#change.balancer.name, object, of, limit, because };
    return this.#plan.add({ kind: 'wait_drained', ...step }, needs);
  }

  /** Leads all links of a container that are to lead elsewhere to their places. */
  setLinks(container: Container, needs: Needs): number[] {
    const { balancer, from, to } = this.#change;
    return changedLinks(this.#change, container).map(([child, port]) => {
      const [was, now] = [from, to].map(({ links }) => links?.entries.get(port));
      const [previous, backend] = [was?.backend ?? null, now?.backend ?? null];
      const limit = now?.drainLimit ?? balancer.drainLimit;
      const step = { map: balancer.linkMap, port, backend, previous, limit };
      const because = becauseOfLink(container, child, backend);
      const object = `${container.name} to ${child}`;
      const draft = { kind: 'set_map', host: balancer.name, object, ...step, because } as const;
      return this.#plan.add(draft, needs);
    });
  }

  load({ config, because }: Load, previous: string, needs: Needs): number {
    const { balancer, to } = this.#change;
    const step = { host: balancer.name, object: 'haproxy.cfg', config, previous, because };
    return this.#plan.add({ kind: 'reload', ...step, limit: to.drainLimit }, needs);
  }

  writeConfig(previous: string, needs: Needs): number {
    const { balancer, config } = this.#change;
    const because = 'a restart of HAProxy gives the same';
    const ports = endingLinks(this.#change);
    const links = ports.length === 0 ? {} : { links: ports };
    const step = { host: balancer.name, object: 'haproxy.cfg', config, previous, ...links, because };
    return this.#plan.add({ kind: 'write_config', ...step }, needs);
  }

  #serverAt(backend: string, server: Server) {
    const { balancer, from, to } = this.#change;
    const limit = ownLimitOf(this.#change, server.name) ?? balancer.drainLimit;
    const sticky = [...to.backends, ...from.backends].find(({ name }) => name === backend)?.options.sticky;
    const object = `${backend}/${server.name}`;
    return { host: balancer.name, object, backend, server, sticky: sticky === true, limit };
  }
}
