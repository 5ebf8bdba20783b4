import { label } from '../docker/containerBody.ts';
import { observe } from '../docker/hosts.ts';
import { HostError, UserError } from '../model/errors.ts';
import { ownersOf } from '../model/lookup.ts';
import type { Retained, State } from '../model/state.ts';
import { specHash, specOf } from '../plan/spec.ts';
import { readEnvironment } from '../store/state.ts';
import type { Session } from './session.ts';

/** What a host was seen to have under our label, by container name. */
type Seen = ReadonlyMap<string, { readonly spec: string; readonly status: string }>;

/** The stored state without the containers that were not seen running on their hosts: the `before` of a deployment. */
export async function observeState(session: Session, service: string | null): Promise<State> {
  const { state } = session;
  const concerned = state.containers.filter(
    (container) => service === null || ownersOf(state, container).service.name === service,
  );
  const hosts = new Set(concerned.map((container) => ownersOf(state, container).stack.host));
  const seen = await observeHosts(session, [...hosts]);
  const missing = new Set(
    concerned.filter((container) => {
      const found = seen.get(ownersOf(state, container).stack.host)?.get(container.name);
      return found?.status !== 'running' || found.spec !== specHash(specOf(state, container));
    }),
  );
  return { ...state, containers: state.containers.filter((container) => !missing.has(container)) };
}

/**
 * The retained containers of some services that are not on their hosts as they were left: gone, made again by hand, or
 * down although they were to run on. Of a host that does not answer nothing is known, and the plan will ask it.
 */
export async function lostRetained(
  session: Session,
  services: readonly string[],
): Promise<ReadonlySet<string>> {
  const { state } = session;
  const rows = state.retained.filter((row) => services.includes(ownersOf(state, row).service.name));
  const hostOf = (row: Retained): string => ownersOf(state, row).stack.host;
  const seen = await askEach(session, new Set(rows.map(hostOf)));
  const isLost = (row: Retained): boolean => {
    const host = seen.get(hostOf(row)) ?? null;
    const found = host?.get(row.name);
    const isThere = found?.spec === specHash(specOf(state, row)) && (!row.warm || found.status === 'running');
    return host !== null && !isThere;
  };
  return new Set(rows.filter(isLost).map(({ name }) => name));
}

/** The status of every container of the state, retained ones too, as its engine tells it now. */
export async function liveStatuses(session: Session): Promise<(name: string) => string> {
  const { state } = session;
  const rows = [...state.containers, ...state.retained];
  const hostOf = new Map(rows.map((row) => [row.name, ownersOf(state, row).stack.host]));
  const byHost = await askEach(session, new Set(hostOf.values()));
  return (name) => {
    const seen = byHost.get(hostOf.get(name) ?? '');
    return seen ? (seen.get(name)?.status ?? 'missing') : 'unreachable';
  };
}

/** What each of some hosts was seen to have; null where it does not answer. */
async function askEach(session: Session, hosts: ReadonlySet<string>): Promise<Map<string, Seen | null>> {
  const answers = [...hosts].map(
    async (host) => [host, await observeHosts(session, [host]).catch(unreachable)] as const,
  );
  return new Map((await Promise.all(answers)).map(([host, seen]) => [host, seen?.get(host) ?? null]));
}

function unreachable(error: unknown): null {
  if (error instanceof HostError || error instanceof UserError) return null;
  throw error;
}

async function observeHosts(session: Session, hosts: readonly string[]): Promise<Map<string, Seen>> {
  const environment = (await readEnvironment(session.database.source)).id;
  const seen = hosts.map(async (host) => {
    const containers = await observe(await session.engineOf(host), environment);
    const entries = containers.flatMap(({ Names, Labels, State: status }) =>
      Names.map((name) => [name.replace(/^\//, ''), { spec: Labels[label.spec] ?? '', status }] as const),
    );
    return [host, new Map(entries)] as const;
  });
  return new Map(await Promise.all(seen));
}
