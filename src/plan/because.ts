import type { Backend, Routes } from '../haproxy/routes.ts';

/** Says in a few words why the load balancer's configuration changes. */
export function becauseOfRoutes(before: Routes, next: Routes): string {
  const old = new Map(before.backends.map((backend) => [backend.name, backend]));
  const now = new Map(next.backends.map((backend) => [backend.name, backend]));
  const reasons = [
    ...next.backends.flatMap((backend) => changeOf(old.get(backend.name), backend)),
    ...before.backends.filter((backend) => !now.has(backend.name)).map((backend) => `${backend.name} goes`),
  ];
  return reasons.length > 0 ? reasons.join('; ') : 'the file on the load balancer is not what the state says';
}

function changeOf(before: Backend | undefined, next: Backend): string[] {
  const servers = (backend: Backend): string =>
    backend.servers.map((server) => server.name).join(', ') || 'nothing';
  if (!before) return [`${next.name} begins at ${servers(next)}`];
  return servers(before) === servers(next) ? [] : [`${next.name} moves to ${servers(next)}`];
}
