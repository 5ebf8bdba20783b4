import type { State } from '../../src/model/state.ts';

/** What a stop-first service may and must not do, naively: by the rows alone. */

type Ends = { readonly before: State; readonly next: State };

/** The place a container has, if its service is stop-first and it comes or goes: `STACK POSITION`. */
function placeOf({ before, next }: Ends, name: string): string | null {
  const [was, is] = [before, next].map((state) => state.containers.find((row) => row.name === name));
  if (was && is) return null;
  const row = is ?? was;
  const stack = [...next.stacks, ...before.stacks].find((one) => one.name === row?.stack);
  const service = next.services.find((one) => one.name === stack?.service);
  return row && service?.rolling.order === 'stop-first' ? `${row.stack} ${row.position}` : null;
}

/** Whether another container runs at the place of the one that starts. */
export function isSecond(ends: Ends, name: string, running: readonly string[]): boolean {
  const place = placeOf(ends, name);
  return place !== null && running.some((other) => other !== name && placeOf(ends, other) === place);
}

/** Whether a backend may be without a server: all it is to have are new, and of services that are stop-first. */
export function mayBeDark(ends: Ends, servers: readonly string[]): boolean {
  const isNew = (name: string): boolean => !ends.before.containers.some((row) => row.name === name);
  return servers.every((name) => isNew(name) && placeOf(ends, name) !== null);
}
