import { render } from '../haproxy/render.ts';
import { routes, type Backend, type Routes, type Server } from '../haproxy/routes.ts';
import type { Environment, LoadBalancer } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import { becauseOfReload } from './because.ts';

/** What has to change on one load balancer. */
export type Switch = {
  readonly balancer: LoadBalancer;
  /** What its file says, and what it is to say. */
  readonly previous: string;
  readonly config: string;
  /** What is loaded first, with the servers and links there are now; null where nothing needs a reload. */
  readonly reload: { readonly config: string; readonly because: string } | null;
  /** What it serves when the running HAProxy is changed, and what it is to serve. */
  readonly from: Routes;
  readonly to: Routes;
};

/** The load balancers that are to serve something else than they do, or whose file says something else. */
export function switchesOf(
  before: State,
  next: State,
  environment: Environment,
  live: ReadonlyMap<string, string>,
): Switch[] {
  return environment.loadBalancers.flatMap((balancer) => {
    const [now, to] = [routes(before, environment, balancer), routes(next, environment, balancer)];
    const previous = live.get(balancer.name) ?? '';
    const config = render(to, balancer);
    if (config === previous) return [];
    const from = withContentsOf(now, to, serverOf(before, next));
    // With the servers and links of now, only what a reload alone can change is left to differ.
    const bridge = render(from, balancer);
    const isOurs = previous === render(now, balancer);
    const startsLinks = now.links === null && to.links !== null;
    const because = becauseOfReload(before, next, { isOurs, startsLinks });
    const reload = bridge === previous ? null : { config: bridge, because };
    return [{ balancer, previous, config, reload, from, to }];
  });
}

/** The routes to come with the servers and links there are now, as far as there are any. */
function withContentsOf(now: Routes, to: Routes, isThere: (server: Server) => boolean): Routes {
  const known = new Map(now.backends.map((backend) => [backend.name, backend.servers]));
  const moved = new Set(to.backends.filter((backend) => isMoved(known.get(backend.name), backend)));
  const serversOf = (backend: Backend): readonly Server[] =>
    (moved.has(backend) ? undefined : known.get(backend.name)) ?? backend.servers.filter(isThere);
  const entries = now.links?.entries;
  return {
    ...to,
    backends: to.backends.map((backend) => ({ ...backend, servers: serversOf(backend) })),
    links: to.links && { ...to.links, ...(entries ? { entries } : {}) },
  };
}

/**
 * Whether a server answers when the load balancer is reloaded. Links of new containers must lead somewhere before these
 * start, and so what a reload has to bring for them is loaded before they answer; otherwise it is loaded after.
 */
function serverOf(before: State, next: State): (server: Server) => boolean {
  const known = new Set(before.containers.map(({ name }) => name));
  const fresh = next.containers.filter(({ name }) => !known.has(name));
  if (fresh.every(({ links }) => Object.keys(links).length === 0)) return () => true;
  const notYet = new Set(fresh.map(({ name }) => name));
  return ({ name }) => !notYet.has(name);
}

/** Whether a server stays by its name and gets another address: the running HAProxy cannot have both of them. */
function isMoved(now: readonly Server[] | undefined, { servers }: Backend): boolean {
  const places = new Map((now ?? []).map((server) => [server.name, `${server.address}:${server.port}`]));
  return servers.some(
    ({ name, address, port }) => (places.get(name) ?? `${address}:${port}`) !== `${address}:${port}`,
  );
}
