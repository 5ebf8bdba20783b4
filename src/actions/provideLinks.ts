import type { Environment, PortRange } from '../model/environment.ts';
import { childrenOf, modeOf } from '../model/links.ts';
import { containersOf, ownersOf, stacksOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import type { Link } from '../model/traffic.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { renew } from './replace.ts';

/**
 * The last action of every process: gives each new container its links. A link is an address in a container's
 * environment, so that running containers cannot get one: where a service calls another one that it did not call
 * before, its containers are replaced by new ones of the same bits.
 */
export function provideLinks(before: State, next: State, environment: Environment): Outcome {
  const old = new Set([...before.containers, ...before.retained].map((container) => container.name));
  const lacking = containersLackingNewLinks(before, next).filter(({ name }) => old.has(name));
  const renewed = lacking.length === 0 ? proposed(next) : renew(next, lacking, environment);
  return renewed.ok ? allotPorts(before, renewed.value, old, environment) : renewed;
}

/** Only services that call somebody new are looked at: what lacked a link before is not this change's affair. */
function containersLackingNewLinks(before: State, next: State): Container[] {
  return next.services.flatMap(({ name }) => {
    const known = childrenOf(before, name);
    const fresh = childrenOf(next, name).filter((child) => !known.includes(child));
    if (fresh.length === 0) return [];
    const containers = stacksOf(next, name).flatMap((stack) => containersOf(next, stack.name));
    return containers.filter(({ links }) => fresh.some((child) => !Object.hasOwn(links, child)));
  });
}

/** Gives each container that is new a port for each link: the lowest that no container has, old and retained ones included. */
function allotPorts(before: State, next: State, old: ReadonlySet<string>, environment: Environment): Outcome {
  const wanting = new Map<string, readonly string[]>();
  for (const container of next.containers) {
    if (old.has(container.name)) continue;
    const children = childrenOf(next, ownersOf(next, container).service.name);
    if (children.length > 0) wanting.set(container.name, children);
  }
  if (wanting.size === 0) return proposed(next);
  const taken = new Set(
    [...before.containers, ...before.retained, ...next.containers].flatMap(({ links }) =>
      Object.values(links).map(({ port }) => port),
    ),
  );
  const full = new Set<PortRange>();
  const { address: host } = environment.links;
  if (host === null) return noAddress([...wanting.keys()][0] ?? '');
  const linkTo = (child: string): Link => {
    const mode = modeOf(next, child);
    const port = freePort(environment.links[mode], taken);
    if (port === null) full.add(environment.links[mode]);
    else taken.add(port);
    return { host, port: port ?? 0, mode };
  };
  const containers = next.containers.map((container) => {
    const children = wanting.get(container.name);
    if (!children) return container;
    return { ...container, links: Object.fromEntries(children.map((child) => [child, linkTo(child)])) };
  });
  const [range] = full;
  return range ? noPortLeft(range) : proposed({ ...next, containers });
}

function freePort({ from, to }: PortRange, taken: ReadonlySet<number>): number | null {
  for (let port = from; port <= to; port++) {
    if (!taken.has(port)) return port;
  }
  return null;
}

function noAddress(container: string): ReturnType<typeof refused> {
  const fact = 'it is to call other services, and no load balancer has an address where it could';
  const remedy = 'give a load balancer an address in hosts.yml, or say one under links';
  return refused(refusal('links', container, fact, remedy));
}

function noPortLeft({ from, to }: PortRange): ReturnType<typeof refused> {
  const remedy = 'widen the range under links in hosts.yml';
  return refused(refusal('links', 'hosts.yml', `all ports ${from}-${to} for links are in use`, remedy));
}
