import { get } from 'node:http';
import { engineGet } from '../../lab/engineApi.ts';
import { statsCommand } from '../../lab/haproxyApi.ts';
import type { Lab, LabHost } from '../../lab/lab.ts';
import { readConfig } from '../../src/config/config.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { Container, State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/store/database.ts';
import { loadState } from '../../src/store/state.ts';
import { integrityOf, rowsOf } from '../support/database.ts';
import { servedBy, writtenFor } from '../support/serving.ts';
import { configOf, databaseOf, nameOf, rowsOfState, type Listed } from '../support/world.ts';

/** What there is of one environment, seen by other means than cmanage. Others may stand on the same hosts. */

/** Everything there is, as it was before an operation that is undone: the very same containers, too. */
export async function whatThereIs(lab: Lab): Promise<Record<string, unknown>> {
  const containers = await Promise.all(lab.hosts.map((host) => ownOn(lab, host)));
  return {
    ...(await rowsOfState(lab)),
    containers: containers.map((list) => list.map(lastingOf)),
    config: configOf(lab),
    serves: await servedBy(lab.loadbalancer),
  };
}

/** What stays the same even where an engine was started again and has brought its containers back. */
function lastingOf({ Id, Names, Image, State, Labels, Ports }: Listed): object {
  const ports = Ports.map(
    ({ PrivatePort, PublicPort, IP }) => `${IP ?? ''}:${PublicPort ?? ''}>${PrivatePort}`,
  );
  return { Id, Names, Image, State, Labels, ports: ports.sort() };
}

/** The containers that carry this environment's label. */
async function ownOn(lab: Lab, host: LabHost): Promise<Listed[]> {
  const filters = JSON.stringify({ label: [`cmanage.environment=${await environmentOf(lab)}`] });
  const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
  const list = (await engineGet(host.socket, path)) as Listed[];
  return list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function environmentOf(lab: Lab): Promise<string> {
  const [row] = await rowsOf<{ id: string }>(databaseOf(lab), 'SELECT id FROM environment');
  return row?.id ?? '';
}

/** The state in the database; what a process left in it that died while it wrote is rolled back by opening it. */
export async function stateOf(lab: Lab): Promise<State> {
  const { source } = await openDatabase(databaseOf(lab), { readOnly: true });
  try {
    return await loadState(source);
  } finally {
    await source.destroy();
  }
}

/** What is not as the state database says; nothing where the world is whole (the invariant of docs/faults.md). */
export async function complaintsAbout(lab: Lab): Promise<string[]> {
  const state = await stateOf(lab);
  const open = await rowsOf<{ id: number; status: string }>(
    databaseOf(lab),
    `SELECT id, status FROM operation WHERE status IN ('running', 'unfinished')`,
  );
  const { environment } = readConfig(lab.etc);
  const [balancer] = environment.loadBalancers;
  const wanted = balancer ? render(routes(state, environment, balancer), balancer) : '';
  return [
    ...open.map(({ id, status }) => `operation ${id} is ${status}`),
    ...differences('on the hosts', await standing(lab), expectedOf(state)),
    ...differences('served', await servedBy(lab.loadbalancer), writtenFor(lab.loadbalancer)),
    ...(await silentServers(lab)),
    ...(configOf(lab) === wanted ? [] : ['the file of HAProxy is not what the state says']),
    ...differences(
      'in the database',
      (await integrityOf(databaseOf(lab))).map((row) => JSON.stringify(row)),
      ['{"integrity_check":"ok"}'],
    ),
  ];
}

async function standing(lab: Lab): Promise<string[]> {
  const lists = lab.hosts.map(async (host) =>
    (await ownOn(lab, host)).map((container) => {
      const labels = container.Labels;
      return `${host.name} ${nameOf(container)} ${labels['cmanage.digest'] ?? ''} ${container.State}`;
    }),
  );
  return (await Promise.all(lists)).flat();
}

function expectedOf(state: State): string[] {
  const line = ({ name, stack, digest }: Container, phase: string): string => {
    const host = state.stacks.find((row) => row.name === stack)?.host ?? '';
    return `${host} ${name} ${digest} ${phase}`;
  };
  return [
    ...state.containers.map((container) => line(container, 'running')),
    ...state.retained.map((container) => line(container, container.warm ? 'running' : 'exited')),
  ];
}

/** The servers of containers that HAProxy lists and that do not answer; where an external service answers is not ours. */
async function silentServers(lab: Lab): Promise<string[]> {
  const hosts = new Set(lab.hosts.map(({ address }) => address));
  const states = await statsCommand(lab.loadbalancer.statsSocket, 'show servers state');
  const places = states
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap((cells) => (hosts.has(cells[4] ?? '') ? [`${cells[4]}:${cells[18]}`] : []));
  const problems = [...new Set(places)].map(async (place) => {
    const problem = await problemAt(place);
    return problem === null ? [] : [`HAProxy lists ${place}, which does not answer: ${problem}`];
  });
  return (await Promise.all(problems)).flat();
}

function problemAt(place: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(`http://${place}/health`, { agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? null : `status ${response.statusCode ?? 0}`);
    });
    request.on('timeout', () => request.destroy(new Error('nothing within 10 s')));
    request.on('error', (error) => {
      resolve(error.message);
    });
  });
}

function differences(where: string, found: readonly string[], expected: readonly string[]): string[] {
  const [is, should] = [new Set(found), new Set(expected)];
  return [
    ...expected.filter((line) => !is.has(line)).map((line) => `missing ${where}: ${line}`),
    ...found.filter((line) => !should.has(line)).map((line) => `left over ${where}: ${line}`),
  ];
}

/** All that is not of the environments under test, of every host; equal before and after, where it was not touched. */
export async function foreignOn(lab: Lab, environments: readonly Lab[]): Promise<unknown> {
  const own = new Set(await Promise.all(environments.map(environmentOf)));
  const lists = lab.hosts.map(async ({ socket }) => {
    const all = (await engineGet(socket, '/containers/json?all=1')) as Listed[];
    const foreign = all.filter(({ Labels }) => !own.has(Labels['cmanage.environment'] ?? ''));
    return foreign.map(({ Id, Names, State }) => ({ Id, Names, State }));
  });
  return Promise.all(lists);
}
