import type { Routes } from '../haproxy/routes.ts';
import { containerNamed } from '../model/lookup.ts';
import type { Container } from '../model/state.ts';
import { stayingContainer, type Backends, type Sides, type Switch } from './traffic.ts';

/** The containers that stay and call a backend by a link that is to lead elsewhere, by that backend. */
export function leaversOf(change: Switch): Map<string, Container[]> {
  const leavers = new Map<string, Container[]>();
  for (const container of stayingCallers(change)) {
    for (const [, port] of changedLinks(change, container)) {
      const old = change.from.links?.entries.get(port)?.backend;
      if (old !== undefined) leavers.set(old, [...(leavers.get(old) ?? []), container]);
    }
  }
  return leavers;
}

/**
 * The containers that call a backend by a link which is not led elsewhere: those that stay and call it before and after, and
 * those that go.
 */
export function callersOf(change: Switch, backend: string): Container[] {
  const leads = ({ links }: Routes, port: number): boolean => links?.entries.get(port)?.backend === backend;
  return change.before.containers.filter((container) => {
    const stays = stayingContainer(change, container.name) !== undefined;
    return Object.values(container.links).some(
      ({ port }) => leads(change.from, port) && (!stays || leads(change.to, port)),
    );
  });
}

/** The containers that stay, are led elsewhere, and that a container is to call, by its own links or by those of others that it calls. */
export function calleesOf(change: Switch, to: Backends, container: Container): Container[] {
  const found = new Map([[container.name, container]]);
  // The loop also visits the containers that are added while it runs.
  for (const caller of found.values()) {
    for (const callee of calledBy(change, to, caller)) {
      if (!found.has(callee.name)) found.set(callee.name, callee);
    }
  }
  found.delete(container.name);
  return [...found.values()].filter(
    (callee) => stayingContainer(change, callee.name) && isLedOn(change, callee),
  );
}

/** Whether a link that changes is to lead anywhere: one that ends is of no use to those who call its container afterwards. */
function isLedOn(change: Switch, container: Container): boolean {
  return changedLinks(change, container).some(([, port]) => change.to.links?.entries.has(port));
}

/** The containers that a container is to call by its own links. */
function calledBy({ next, to }: Switch, backends: Backends, { links }: Container): Container[] {
  return Object.values(links).flatMap(({ port }) => {
    const backend = to.links?.entries.get(port)?.backend ?? '';
    return (backends.get(backend)?.servers ?? []).flatMap(({ name }) => containerNamed(next, name) ?? []);
  });
}

/** The links of a container that are to lead elsewhere than they do. */
export function changedLinks(
  { from, to }: Pick<Sides, 'from' | 'to'>,
  { links }: Container,
): [child: string, port: number][] {
  if (from.links === null && to.links === null) return [];
  const backendOf = (routes: Routes, port: number): string | undefined =>
    routes.links?.entries.get(port)?.backend;
  return Object.entries(links)
    .map(([child, { port }]): [string, number] => [child, port])
    .filter(([, port]) => backendOf(from, port) !== backendOf(to, port));
}

/** The ports of links that lead nowhere before or after, of containers that stay. */
export function endingLinks(change: Switch): number[] {
  const isLed = ({ links }: Routes, port: number): boolean => links?.entries.has(port) === true;
  return stayingCallers(change)
    .flatMap((container) => changedLinks(change, container).map(([, port]) => port))
    .filter((port) => !isLed(change.from, port) || !isLed(change.to, port));
}

/** The containers that stay and call others. */
export function stayingCallers(change: Switch): Container[] {
  return change.next.containers.filter(
    ({ name, links }) => Object.keys(links).length > 0 && stayingContainer(change, name),
  );
}
