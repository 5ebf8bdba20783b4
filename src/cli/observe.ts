import { label } from '../docker/containerBody.ts';
import { observe } from '../docker/hosts.ts';
import { HostError, UserError } from '../model/errors.ts';
import { ownersOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
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

/** The status of every container of the state as its engine tells it now. */
export async function liveStatuses(session: Session): Promise<(name: string) => string> {
  const { state } = session;
  const hostOf = new Map(state.containers.map((row) => [row.name, ownersOf(state, row).stack.host]));
  const names = [...new Set(hostOf.values())];
  const answers = await Promise.all(
    names.map(async (host) => [host, await observeHosts(session, [host]).catch(unreachable)] as const),
  );
  const byHost = new Map(answers.map(([host, seen]) => [host, seen?.get(host) ?? null]));
  return (name) => {
    const seen = byHost.get(hostOf.get(name) ?? '');
    return seen ? (seen.get(name)?.status ?? 'missing') : 'unreachable';
  };
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
