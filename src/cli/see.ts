import type { BalancerConnection } from '../model/connection.ts';
import type { LoadBalancer } from '../model/environment.ts';
import { HostError, UserError } from '../model/errors.ts';
import type { Container } from '../model/state.ts';
import { meant, sight } from '../docker/sight.ts';
import { readLive } from '../haproxy/balancer.ts';
import { differenceIn } from '../haproxy/differences.ts';
import { render } from '../haproxy/render.ts';
import { routes } from '../haproxy/routes.ts';
import { readRunning } from '../haproxy/runtime.ts';
import { touchedSteps } from '../plan/course.ts';
import type { Drift, Known, Observed, Sightings } from '../plan/drift.ts';
import { isMending } from '../plan/failurePolicy.ts';
import { isUnused, type SeenBalancer, type SeenBalancers } from '../plan/seenBalancer.ts';
import { specOf } from '../plan/spec.ts';
import { readHandled, readOpenOperations } from '../store/openOperations.ts';
import { readEnvironment } from '../store/state.ts';
import { readCertificatesOn } from './balancerFiles.ts';
import { frozenContainers } from './drift/frozenContainers.ts';
import type { Session } from './session.ts';

/** What there is, looked at and not judged. What cannot be asked is a finding, and no failure of the command. */

/** What every host of hosts.yml, and every one that a stack stands on, has of ours. */
export async function seeHosts(session: Session): Promise<Sightings> {
  const { state, config, database } = session;
  const environment = (await readEnvironment(database.source)).id;
  const standing: readonly Container[] = [...state.containers, ...state.retained];
  const rows = new Map(standing.map((row) => [row.name, row]));
  const known = (name: string) => {
    const row = rows.get(name);
    return row ? specOf(state, row) : null;
  };
  const names = [
    ...config.connection.engines.map(({ name }) => name),
    ...state.stacks.map(({ host }) => host),
  ];
  const look = async (host: string): Promise<readonly Observed[]> =>
    sight(await session.engineOf(host), environment, known);
  const seen = [...new Set(names)].map(async (host) => [host, await look(host).catch(unreachable)] as const);
  return new Map(await Promise.all(seen));
}

/** What is known of containers beside the hosts themselves: the journal, and what somebody has frozen. */
export async function knownOf(session: Session, sightings: Sightings): Promise<Known> {
  const { source } = session.database;
  const made = (await readOpenOperations(source))
    .filter(({ plan }) => !isMending(plan))
    .flatMap(touchedSteps)
    .filter(({ kind }) => kind === 'create_container');
  const labels = [...sightings.values()].flatMap((seen) => (seen instanceof Error ? [] : seen));
  const operations = new Set(labels.flatMap(({ operation }) => operation ?? []));
  return {
    meant,
    explained: new Set(made.map(({ host, object }) => `${host} ${object}`)),
    handled: await readHandled(source, operations),
    spared: await frozenContainers(session, sightings),
  };
}

/** What every load balancer of hosts.yml has on its disk and serves. */
export async function seeBalancers({ state, config }: Session): Promise<SeenBalancers> {
  const see = async (balancer: BalancerConnection): Promise<SeenBalancer> => {
    const fingerprints = await readCertificatesOn(balancer, state);
    const live = await readLive(balancer);
    // Where there is nothing to serve, there need be no HAProxy yet.
    const running = isUnused(state, live) ? nothing : await readRunning(balancer, balancer.linkMap);
    return { live, fingerprints, ...running };
  };
  const seen = config.connection.balancers.map(
    async (balancer) => [balancer.name, await see(balancer).catch(unreachable)] as const,
  );
  return new Map(await Promise.all(seen));
}

const nothing = { generation: null, usesMap: false, servers: new Map(), links: new Map() };

function unreachable(error: unknown): Error {
  if (error instanceof HostError || error instanceof UserError) return error;
  throw error;
}

/** In what load balancers that were seen are otherwise than the state says. */
export function driftOfBalancers(session: Session, balancers: SeenBalancers): Drift[] {
  return session.config.environment.loadBalancers.flatMap((balancer) => {
    const seen = balancers.get(balancer.name);
    if (seen === undefined) return [];
    if (!(seen instanceof Error)) return driftOfBalancer(session, balancer, seen);
    const remedy =
      "see by 'cmanage doctor' what is wrong; nothing is known of what it serves until it answers";
    return [about(balancer, 'unreachable', seen.message, remedy)];
  });
}

function driftOfBalancer({ state, config }: Session, balancer: LoadBalancer, seen: SeenBalancer): Drift[] {
  if (isUnused(state, seen.live)) return [];
  const wanted = render(routes(state, config.environment, balancer), balancer, seen.fingerprints);
  const different = firstDifference(seen.live, wanted);
  if (different !== null) {
    const file = config.connection.balancers.find(({ name }) => name === balancer.name)?.config ?? '';
    const written = "'cmanage heal' writes and loads what the state says";
    return [about(balancer, 'file', `${file}: ${different}`, written)];
  }
  const serves = differenceIn(seen, wanted, balancer.linkMap);
  const told = "'cmanage heal' tells HAProxy what its file says";
  return serves === null ? [] : [about(balancer, 'traffic', serves, told)];
}

function about({ name }: LoadBalancer, kind: Drift['kind'], fact: string, remedy: string): Drift {
  return { kind, host: name, service: null, object: 'haproxy', fact, remedy };
}

/** The first line in which a file is not what it should be, or null. */
function firstDifference(found: string, wanted: string): string | null {
  if (found === wanted) return null;
  if (found === '') return 'it is empty, or not there';
  const [is, should] = [found.split('\n'), wanted.split('\n')];
  const line = should.findIndex((text, index) => text !== is[index]);
  const at = line === -1 ? should.length : line;
  const quoted = (lines: readonly string[]): string =>
    at < lines.length ? `'${lines[at]?.trim() ?? ''}'` : 'the end';
  return `line ${at + 1} is ${quoted(is)} and not ${quoted(should)}`;
}
