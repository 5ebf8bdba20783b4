import type { Server } from '../haproxy/routes.ts';
import type { Container } from '../model/state.ts';
import type { BalancerSteps } from './balancerSteps.ts';
import { once } from './builder.ts';
import { changedLinks } from './callers.ts';
import type { Switch } from './traffic.ts';

type Steps = readonly number[];

/** The waits on one load balancer for what is under way where it went before. Each is made once, by whoever needs it first. */
export class Waits {
  readonly #steps: BalancerSteps;
  readonly #change: Switch;
  readonly #made = new Map<string, Steps>();
  readonly #ofContainer = new Map<string, number[]>();

  constructor(steps: BalancerSteps, change: Switch) {
    this.#steps = steps;
    this.#change = change;
  }

  /** Waits for the requests of a server, which takes no new ones after the steps that `drain` gives. */
  forServer(backend: string, server: Server, drain: () => Steps): Steps {
    return once(this.#made, `${backend}/${server.name}`, () => {
      const wait = this.#steps.waitForServer(backend, server, drain());
      this.#ofContainer.set(server.name, [...this.ofContainer(server.name), wait]);
      return wait;
    });
  }

  /** Waits for the workers before the last of these reloads, which may still send requests where theirs say. */
  forWorkers(loads: Steps): Steps {
    const { drainLimit } = this.#change.to;
    return once(this.#made, workers(loads), () => this.#steps.wait('old workers', null, drainLimit, loads));
  }

  /** Waits for what is under way on the old ways of a container's links, after the steps that lead them elsewhere. */
  forLinks(container: Container, led: Steps): Steps {
    return changedLinks(this.#change, container).flatMap(([child, port]) => {
      const old = this.#change.from.links?.entries.get(port);
      if (!old) return [];
      const { backend, drainLimit } = old;
      const object = `${container.name} to ${child}`;
      return once(this.#made, `link ${port}`, () =>
        this.#steps.wait(object, { backend, port }, drainLimit, led),
      );
    });
  }

  /** The waits that were made for a container wherever it is a server. */
  ofContainer(container: string): Steps {
    return this.#ofContainer.get(container) ?? [];
  }

  /** The wait for the workers before the last of these reloads, if it was made. */
  ofWorkers(loads: Steps): Steps {
    return this.#made.get(workers(loads)) ?? [];
  }
}

function workers(loads: Steps): string {
  return `workers ${loads.length}`;
}
