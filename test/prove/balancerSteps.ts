import type { Step } from '../../src/plan/step.ts';
import { otherwiseThan, waysOf, workerOf, type Served, type ServerNow } from './served.ts';

/** What the steps of a plan do to a load balancer, and what is wrong with taking one now. */

export type BalancerStep = Extract<
  Step,
  {
    kind:
      | 'check_config'
      | 'add_server'
      | 'ready_server'
      | 'drain_server'
      | 'remove_server'
      | 'set_weight'
      | 'set_map'
      | 'wait_drained'
      | 'write_config'
      | 'reload';
  }
>;

type Complain = (text: string) => void;

/**
 * `goesBack`: on the way back a server is removed with its requests, which is then waited for, and what a reload has
 * brought back already may be done once more. `isIdle`: whether the container that has a port has no requests.
 */
export type Walking = { readonly goesBack: boolean; readonly isIdle: (port: number) => boolean };

export function takeAt(served: Served, step: BalancerStep, walking: Walking, complain: Complain): void {
  const { worker } = served;
  const { goesBack } = walking;
  switch (step.kind) {
    case 'check_config':
      if (step.previous !== served.config) complain('another configuration lies there than the step says');
      break;
    case 'add_server': {
      const servers = serversAt(served, step.backend, complain);
      const { name, address, port, weight } = step.server;
      if (servers?.has(name) === true && !goesBack) complain('it is there already');
      servers?.set(name, { at: `${address}:${port}`, weight, phase: 'takes' });
      break;
    }
    case 'ready_server':
      turn(served, step, ['takes', 'drains', 'drained'], 'takes', complain);
      break;
    case 'drain_server':
      turn(served, step, ['takes'], 'drains', complain);
      break;
    case 'remove_server':
      if (goesBack && worker.backends.get(step.backend)?.has(step.server.name) !== true) break;
      turn(served, step, goesBack ? ['takes', 'drains', 'drained'] : ['drained'], 'drained', complain);
      worker.backends.get(step.backend)?.delete(step.server.name);
      break;
    case 'set_weight': {
      const server = serversAt(served, step.backend, complain)?.get(step.server.name);
      if (server?.weight !== step.previous) complain(`its weight is ${server?.weight ?? 'none'}`);
      if (server) server.weight = step.server.weight;
      break;
    }
    case 'set_map':
      lead(served, step, walking, complain);
      break;
    case 'wait_drained':
      wait(served, step, walking, complain);
      break;
    case 'write_config':
      if (step.previous !== served.config) complain('another configuration lies there than the step says');
      for (const text of otherwiseThan(worker, step.config)) complain(`HAProxy ${text}`);
      if (workerOf(step.config).shape !== worker.shape) complain('this needs a reload');
      served.config = step.config;
      break;
    case 'reload':
      if (step.previous !== served.config) complain('another configuration lies there than the step says');
      served.old = [...served.old, waysOf(worker)];
      served.config = step.config;
      served.worker = workerOf(step.config);
      break;
  }
}

function serversAt(
  { worker }: Served,
  backend: string,
  complain: Complain,
): Map<string, ServerNow> | undefined {
  const servers = worker.backends.get(backend);
  if (!servers) complain('HAProxy has no such backend');
  return servers;
}

function turn(
  served: Served,
  { backend, server }: Extract<BalancerStep, { kind: 'drain_server' | 'ready_server' | 'remove_server' }>,
  from: readonly ServerNow['phase'][],
  to: ServerNow['phase'],
  complain: Complain,
): void {
  const now = serversAt(served, backend, complain)?.get(server.name);
  if (!now) complain('it is not there');
  else if (!from.includes(now.phase)) complain(`it ${now.phase}`);
  if (now) now.phase = to;
}

/** A port leads elsewhere; requests that are under way stay where they are. */
function lead(
  served: Served,
  step: Extract<BalancerStep, { kind: 'set_map' }>,
  { goesBack, isIdle }: Walking,
  complain: Complain,
): void {
  const { port, backend, previous } = step;
  const { links, left, backends } = served.worker;
  const now = links.get(port) ?? null;
  if (goesBack && now === backend) return;
  if (now !== previous) complain(`it leads to ${now ?? 'nobody'} and not to ${previous ?? 'nobody'}`);
  if (backend !== null && !backends.has(backend)) complain('HAProxy has no such backend');
  // A container that has no requests calls nobody.
  if (now !== null && !isIdle(port)) left.set(port, (left.get(port) ?? new Set()).add(now));
  if (backend === null) links.delete(port);
  else links.set(port, backend);
}

function wait(
  served: Served,
  { of }: Extract<BalancerStep, { kind: 'wait_drained' }>,
  { goesBack }: Walking,
  complain: Complain,
): void {
  const { worker } = served;
  if (of === null) {
    // Where two reloads are taken back, the wait after one of them may have been for the workers of both.
    if (served.old.length === 0 && !goesBack) complain('there is no old worker');
    served.old = [];
  } else if ('server' in of) {
    const server = serversAt(served, of.backend, complain)?.get(of.server);
    if (server?.phase !== 'drains') complain(`it ${server?.phase ?? 'is not there'}`);
    else server.phase = 'drained';
  } else {
    if (worker.links.get(of.port) === of.backend) complain('it still leads there');
    worker.left.get(of.port)?.delete(of.backend);
  }
}
