import type { Lab } from '../../lab/lab.ts';
import { readConfig } from '../../src/config/config.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { Container, State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/store/database.ts';
import { loadState } from '../../src/store/state.ts';
import { integrityOf, rowsOf } from '../support/database.ts';
import { servedBy, writtenFor } from '../support/serving.ts';
import { configOf, containersOn, databaseOf, nameOf, stateOfWorld } from '../support/world.ts';

/** Everything there is, as it was before an operation that is undone: the very same containers, too. */
export async function whatThereIs(lab: Lab): Promise<Record<string, unknown>> {
  return { ...(await stateOfWorld(lab)), serves: await servedBy(lab.loadbalancer) };
}

export async function stateOf(lab: Lab): Promise<State> {
  const { source } = await openDatabase(databaseOf(lab), { readOnly: true });
  try {
    return await loadState(source);
  } finally {
    await source.destroy();
  }
}

/** What is not as the state database says; nothing where the world is whole. */
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
    (await containersOn(host)).map((container) => {
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

function differences(where: string, found: readonly string[], expected: readonly string[]): string[] {
  const [is, should] = [new Set(found), new Set(expected)];
  return [
    ...expected.filter((line) => !is.has(line)).map((line) => `missing ${where}: ${line}`),
    ...found.filter((line) => !should.has(line)).map((line) => `left over ${where}: ${line}`),
  ];
}
