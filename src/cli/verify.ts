import type { BalancerConnection } from '../model/connection.ts';
import type { LoadBalancer } from '../model/environment.ts';
import { HostError, UserError } from '../model/errors.ts';
import { ownersOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { meant, sight } from '../docker/sight.ts';
import { readLive } from '../haproxy/balancer.ts';
import { differenceFrom } from '../haproxy/differences.ts';
import { render } from '../haproxy/render.ts';
import { routes, type Routes } from '../haproxy/routes.ts';
import { driftOfHosts, type Drift, type Observed, type Sightings } from '../plan/drift.ts';
import { specOf } from '../plan/spec.ts';
import { driftSheet } from '../report/drift.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';
import { renderAs, renderSheet } from '../report/table.ts';
import { readEnvironment } from '../store/state.ts';
import { readCertificatesOn } from './balancerFiles.ts';
import { exitCode } from './exit.ts';
import { terminalColumns, type CommonOptions } from './options.ts';
import { openSession, requireService, type Session } from './session.ts';

/** `cmanage verify`: compares the state with every host and load balancer, and changes nothing. */
export async function verify(service: string | null, options: CommonOptions): Promise<number> {
  const session = await openSession(options, { write: false });
  try {
    const { state, config } = session;
    if (service !== null) requireService(state, service);
    const [hosts, balancers] = await Promise.all([
      seenHosts(session).then((sightings) => driftOfHosts(state, sightings, service, meant)),
      service === null ? driftOfBalancers(session) : [],
    ]);
    const drifts = [...hosts, ...balancers];
    const checked = {
      hosts: config.connection.engines.length,
      loadbalancers: service === null ? config.connection.balancers.length : 0,
      containers: [...state.containers, ...state.retained].filter(
        (row) => service === null || ownersOf(state, row).service.name === service,
      ).length,
    };
    const data = { revision: state.revision, ...checked, drift: drifts };
    console.log(renderAs(options.output, data, () => text(drifts, checked)));
    return drifts.length === 0 ? exitCode.done : exitCode.drift;
  } finally {
    await session.close();
  }
}

type Checked = { readonly hosts: number; readonly loadbalancers: number; readonly containers: number };

function text(drifts: readonly Drift[], { hosts, loadbalancers, containers }: Checked): string {
  const colour = paint(process.stdout, process.env);
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const where = [many(hosts, 'host'), ...(loadbalancers > 0 ? [many(loadbalancers, 'load balancer')] : [])];
  const about = `${many(containers, 'container')} on ${where.join(' and ')}`;
  if (drifts.length === 0) return `${about}: ${colour.green('all is as the state says')}`;
  const sheet = printable(renderSheet(driftSheet(drifts), terminalColumns()));
  return `${sheet}\n\n${about}: ${colour.red(many(drifts.length, 'difference'))}`;
}

/** What every host of hosts.yml, and every one that a stack stands on, has of ours. */
async function seenHosts(session: Session): Promise<Sightings> {
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

/** A host that cannot be asked, or is in hosts.yml no more, is a finding and no failure of the command. */
function unreachable(error: unknown): Error {
  if (error instanceof HostError || error instanceof UserError) return error;
  throw error;
}

async function driftOfBalancers({ state, config }: Session): Promise<Drift[]> {
  const found = config.environment.loadBalancers.map(async (balancer) => {
    const connection = config.connection.balancers.find(({ name }) => name === balancer.name);
    if (!connection) return [];
    const toServe = routes(state, config.environment, balancer);
    return driftOfBalancer(state, balancer, connection, toServe).catch((error: unknown) => {
      const remedy = 'nothing is known of what it serves until it answers';
      return [about(balancer, 'unreachable', unreachable(error).message, remedy)];
    });
  });
  return (await Promise.all(found)).flat();
}

async function driftOfBalancer(
  state: State,
  balancer: LoadBalancer,
  connection: BalancerConnection,
  toServe: Routes,
): Promise<Drift[]> {
  const wanted = render(toServe, balancer, await readCertificatesOn(connection, state));
  const found = await readLive(connection);
  // Without endpoints and links nothing has ever been written there.
  if (found === '' && state.endpoints.length + state.edges.length === 0) return [];
  const different = firstDifference(found, wanted);
  const written = "'cmanage deploy containers' writes and loads what the state says";
  if (different !== null) return [about(balancer, 'file', `${connection.config}: ${different}`, written)];
  const serves = await differenceFrom(connection, wanted);
  const reloaded = 'reload HAProxy there: its file says what the state says';
  return serves === null ? [] : [about(balancer, 'traffic', serves, reloaded)];
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
