import { label } from '../../src/docker/containerBody.ts';
import { linkMapIn, render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { State } from '../../src/model/state.ts';
import { specHash, specOf } from '../../src/plan/spec.ts';
import { standingIn } from '../prove/street.ts';
import { haveSameRows } from '../prove/walkPlan.ts';
import type { Case } from './cases.ts';
import { portOf } from './engine.ts';
import { SimulatedHaproxy } from './haproxy.ts';
import { environmentId, type World } from './world.ts';

/** The invariant of shared/reliability.md, of a simulated world. */

export type Expected = {
  /** The states that may be on record in the end; null where others changed it too. */
  readonly states: readonly State[] | null;
};

export function complaintsAbout(
  world: World,
  one: Case,
  { states }: Expected,
): { readonly ended: 'new' | 'old'; readonly complaints: string[] } {
  const state = world.store.stateOf();
  const isNew = state.revision > one.before.revision;
  const complaints = [
    ...openOperations(world),
    ...(states === null || states.some((row) => haveSameRows(row, state))
      ? []
      : ['the state is neither the old nor the new']),
    ...differences('on the hosts', standing(world), wanted(state)),
    ...foreignOnes(world),
    ...[...world.haproxies.values()].flatMap((haproxy) => served(haproxy, state, one)),
  ];
  return { ended: isNew ? 'new' : 'old', complaints };
}

function openOperations({ store }: World): string[] {
  return [...(store.tables.get('operation')?.values() ?? [])]
    .filter(({ status }) => status !== 'done' && status !== 'undone')
    .map(({ id, status }) => `operation ${String(id)} is ${String(status)}`);
}

/** Every container with our label. */
function standing({ lines }: World): string[] {
  return [...lines.values()].flatMap(({ engine }) =>
    [...engine.containers.values()]
      .filter(({ body }) => body.Labels?.[label.environment] === environmentId)
      .map((container) => {
        const { name, phase, policy, body } = container;
        return `${name} on ${engine.name}:${portOf(container) ?? '-'} ${phase} (${policy}) ${body.Labels?.[label.spec] ?? ''}`;
      }),
  );
}

function wanted(state: State): string[] {
  const rows = new Map([...state.containers, ...state.retained].map((row) => [row.name, row]));
  return standingIn(state).map(({ name, host, port, phase }) => {
    const row = rows.get(name);
    if (!row) throw new Error(`${name} has no row`);
    const status = phase === 'stopped' ? 'exited (no)' : 'running (always)';
    return `${name} on ${host}:${port} ${status} ${specHash(specOf(state, row))}`;
  });
}

function foreignOnes({ lines, foreign }: World): string[] {
  const there = new Set([...lines.values()].flatMap(({ engine }) => [...engine.containers.values()]));
  return foreign
    .filter((container) => !there.has(container) || container.phase === 'removing')
    .map(({ name }) => `the foreign ${name} is gone`);
}

function served(haproxy: SimulatedHaproxy, state: State, { environment }: Case): string[] {
  const balancer = environment.loadBalancers.find(({ name }) => name === haproxy.name);
  const config = balancer ? render(routes(state, environment, balancer), balancer) : '';
  const fresh = new SimulatedHaproxy(haproxy.name, haproxy.mapPath, haproxy.world);
  fresh.config = config;
  fresh.map = linkMapIn(config);
  fresh.start();
  return [
    ...(haproxy.config === config ? [] : ['the file of HAProxy is not what the state says']),
    ...differences('served', servingOf(haproxy), servingOf(fresh)),
  ];
}

function servingOf({ worker }: SimulatedHaproxy): string[] {
  const backends = [...(worker?.backends ?? [])].flatMap(([backend, servers]) => [
    `backend ${backend}`,
    ...[...servers.values()].map(
      ({ name, address, port, weight, admin }) => `${backend} ${name} ${address}:${port} ${weight} ${admin}`,
    ),
  ]);
  const links = (worker?.links ?? []).map(({ key, value }) => `port ${key} to ${value}`);
  return [`generation ${worker?.generation ?? '-'}`, ...backends, ...links];
}

function differences(where: string, is: readonly string[], should: readonly string[]): string[] {
  const [have, want] = [new Set(is), new Set(should)];
  return [
    ...is
      .filter((line, index) => !want.has(line) || is.indexOf(line) !== index)
      .map((line) => `${where} too much: ${line}`),
    ...should.filter((line) => !have.has(line)).map((line) => `${where} missing: ${line}`),
  ];
}
