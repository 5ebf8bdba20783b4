import type { Server } from '../haproxy/routes.ts';
import { ownersOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import type { PlanBuilder } from './builder.ts';
import { servingAfter } from './healRounds.ts';
import type { Findings, Repair } from './repairs.ts';
import type { SeenServer, View } from './seenBalancer.ts';

type Needs = readonly number[];

/** Adds the steps that mend one load balancer, and those that take a container out of it and bring it back. */
export class HealTraffic {
  readonly #plan: PlanBuilder;
  readonly #state: State;
  readonly #view: View;
  readonly #findings: Findings;
  /** The steps after which it serves with all that answers already. */
  readonly #begun: readonly number[];
  /** The steps that made servers of containers, by backend. */
  readonly #added = new Map<string, number[]>();
  readonly #mended = new Set<string>();
  readonly #kept: SeenServer[] = [];
  #oldWorkers: Needs | null = null;

  /** Begins by having it serve with all that answers already. */
  constructor(plan: PlanBuilder, state: State, seen: { view: View; findings: Findings }) {
    this.#plan = plan;
    this.#state = state;
    this.#view = seen.view;
    this.#findings = seen.findings;
    this.#begun = seen.view.load === null ? this.#tell() : this.#load(seen.view.load);
  }

  get begun(): readonly number[] {
    return this.#begun;
  }

  /** The servers that are too much and stay, because nothing else answers in their place. */
  get kept(): readonly SeenServer[] {
    return this.#kept;
  }

  /** Takes a container out; returns the steps after which no request from here reaches it. */
  takeOut({ spec, answers, runs }: Repair, ready: Needs): number[] {
    const needs = [...ready, ...this.#begun];
    const because = answers ? 'it is to be replaced' : 'it does not answer as it should';
    const gone = this.#view.to.backends.flatMap(({ name, servers }) => {
      const server = servers.find((one) => one.name === spec.name);
      if (!server || !this.#isPresent(name, server)) return [];
      return [this.#remove(name, server, { because, drains: answers, needs })];
    });
    return [...gone, ...(runs ? this.workersGone() : [])];
  }

  /** Makes a mended container a server wherever it is to be one, and is not or was taken out. */
  bringIn({ spec }: Repair, { isTakenOut }: { readonly isTakenOut: boolean }, needs: Needs): number[] {
    this.#mended.add(spec.name);
    return this.#view.to.backends.flatMap(({ name, servers }) => {
      const server = servers.find((one) => one.name === spec.name);
      if (!server || (!isTakenOut && this.#isPresent(name, server))) return [];
      return [this.#add(name, server, 'it is well again', [...needs, ...this.#begun])];
    });
  }

  /** After a reload, waits for the requests that older workers may still send. */
  workersGone(): Needs {
    const { balancer, load, to } = this.#view;
    if (load === null) return [];
    const wait = { host: balancer.name, object: 'old workers', of: null, limit: to.drainLimit };
    this.#oldWorkers ??= [
      this.#plan.add({ kind: 'wait_drained', ...wait, because: endsWhereItBegan }, this.#begun),
    ];
    return this.#oldWorkers;
  }

  /**
   * Leaves it to HAProxy's checks what nobody could mend, takes out what is too much, and writes the file where another one was
   * loaded; returns the steps after which no orphan gets a request from here.
   */
  end(): number[] {
    const late = this.#view.to.backends.flatMap(({ name, servers }) =>
      servers
        .filter((server) => this.#isForgotten(name, server))
        .map((server) => {
          const because = 'nobody knows whether it answers; it takes requests when HAProxy finds it well';
          const step = { ...this.#at(name, server), down: true, because };
          return this.#plan.add({ kind: 'add_server', ...step }, this.#begun);
        }),
    );
    const extras = this.#view.extras.flatMap(([backend, server]) => this.#takeOutExtra(backend, server));
    const adds = [...this.#added.values()].flat();
    const { balancer, load, config } = this.#view;
    if (load !== null && load !== config) {
      const step = { host: balancer.name, object: 'haproxy.cfg', config, previous: load };
      const because = 'a restart of HAProxy gives the same';
      this.#plan.add({ kind: 'write_config', ...step, because }, [...this.#begun, ...adds, ...late]);
    }
    return [...this.workersGone(), ...adds, ...extras];
  }

  /** Loads the servers that answer; what else there is to be is told afterwards. */
  #load(config: string): number[] {
    const { balancer, seen, to } = this.#view;
    const because = 'its file, or what it serves, is not what the state says';
    const step = { host: balancer.name, object: 'haproxy.cfg', previous: seen.live, because };
    const checked = this.#plan.add({ kind: 'check_config', ...step, config: this.#view.config }, []);
    return [this.#plan.add({ kind: 'reload', ...step, config, limit: to.drainLimit }, [checked])];
  }

  #tell(): number[] {
    const { balancer, seen, lacking, reweighed, misled } = this.#view;
    return [
      ...lacking.map(([backend, server]) =>
        this.#add(backend, server, 'it answers, and takes no requests', []),
      ),
      ...reweighed.map(([backend, server, previous]) => {
        const because = `${backend} gives it weight ${server.weight}, and not ${previous}`;
        const step = { ...this.#at(backend, server), previous, because };
        return this.#plan.add({ kind: 'set_weight', ...step }, []);
      }),
      ...misled.map(({ port, backend, limit }) => {
        const previous = seen.links.get(port) ?? null;
        const because = `the link leads to ${previous ?? 'nobody'}`;
        const step = { host: balancer.name, object: `port ${port}`, map: balancer.linkMap, because };
        return this.#plan.add({ kind: 'set_map', ...step, port, backend, previous, limit }, []);
      }),
    ];
  }

  #add(backend: string, server: Server, because: string, needs: Needs): number {
    const added = this.#plan.add({ kind: 'add_server', ...this.#at(backend, server), because }, needs);
    this.#added.set(backend, [...(this.#added.get(backend) ?? []), added]);
    return added;
  }

  /** A server that answers is drained before; of another one nothing is under way that could come to its end. */
  #remove(
    backend: string,
    server: Server,
    { because, drains, needs }: { because: string; drains: boolean; needs: Needs },
  ): number {
    const at = this.#at(backend, server);
    if (!drains) return this.#plan.add({ kind: 'remove_server', ...at, because }, needs);
    const drained = this.#plan.add({ kind: 'drain_server', ...at, because }, needs);
    const { host, object, limit } = at;
    const wait = { host, object, of: { backend, server: server.name }, limit, because: endsWhereItBegan };
    const waited = this.#plan.add({ kind: 'wait_drained', ...wait }, [drained]);
    return this.#plan.add({ kind: 'remove_server', ...at, because }, [waited]);
  }

  /** What is too much stays while nothing of the state answers in its place. */
  #takeOutExtra(backend: string, server: SeenServer): number[] {
    const serving = servingAfter(this.#findings.repairs, [this.#view]);
    const after = serving.get(`${this.#view.balancer.name} ${backend}`)?.size ?? 0;
    const wanted = this.#view.to.backends.find(({ name }) => name === backend)?.servers ?? [];
    if (after === 0 && wanted.length > 0) {
      this.#kept.push(server);
      return [];
    }
    const needs = [...this.#begun, ...(this.#added.get(backend) ?? [])];
    const how = { because: 'the state does not have it', drains: server.state === 'ready', needs };
    return [this.#remove(backend, server, how)];
  }

  /** Whether a container is to be a server, takes no requests, and is not mended. */
  #isForgotten(backend: string, server: Server): boolean {
    const { name } = server;
    const { seen, load } = this.#view;
    if (this.#mended.has(name) || name.includes('.')) return false;
    if (!this.#isPresent(backend, server)) return true;
    if (load !== null || this.#findings.answering.has(name)) return false;
    return seen.servers.get(backend)?.find((one) => one.name === name)?.state !== 'ready';
  }

  #isPresent(backend: string, { name }: Server): boolean {
    return this.#view.present.get(backend)?.includes(name) === true;
  }

  #at(backend: string, { name, address, port, weight }: Server) {
    const { balancer, to } = this.#view;
    const row = this.#state.containers.find((container) => container.name === name);
    const own = row ? ownersOf(this.#state, row).service.traffic.drainLimit : null;
    const sticky = to.backends.find((one) => one.name === backend)?.options.sticky === true;
    const server = { name, address, port, weight };
    const at = { host: balancer.name, object: `${backend}/${name}`, backend, server, sticky };
    return { ...at, limit: own ?? balancer.drainLimit };
  }
}

const endsWhereItBegan = 'requests that are under way end where they began';
