import { beforeAll, expect, it } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { readConfig } from '../../src/config/config.ts';
import { check } from '../../src/constraints/check.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { Environment, Facts } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { openDatabase } from '../../src/store/database.ts';
import { loadState } from '../../src/store/state.ts';
import { argumentsOf, perform, type Command } from '../prove/command.ts';
import { beginning, commandOnLab, tags } from '../prove/onLab.ts';
import { chance } from '../prove/orders.ts';
import { haveSameRows } from '../prove/walkPlan.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { planOf } from '../support/plans.ts';
import { imageOf, repository } from '../support/webapp.ts';
import {
  configOf,
  containersOn,
  databaseOf,
  fingerprint,
  nameOf,
  registryDigest,
  serversOf,
} from '../support/world.ts';

/**
 * A random sequence of commands on real engines, of the kind that test/prove plays by the hundred thousand on the pure core
 * alone: what the core plans, the database, the engines and HAProxy must say the same after each command.
 */
const seed = 2074;
const length = 24;
async function stateOf(lab: Lab): Promise<State> {
  const { source } = await openDatabase(databaseOf(lab), { readOnly: true });
  try {
    return await loadState(source);
  } finally {
    await source.destroy();
  }
}

/** The next state that the pure core proposes, or null where it refuses. */
function plannedBy(
  state: State,
  command: Command,
  lab: Lab,
  environment: Environment,
  facts: Facts,
): State | null {
  const outcome = perform(state, command, environment, facts);
  if (!outcome.ok) return null;
  const known = new Set(state.services.map(({ name }) => name));
  const services = outcome.value.services.map((row) =>
    known.has(row.name) ? row : { ...row, image: imageOf(lab) },
  );
  const next = { ...outcome.value, services };
  if (check(state, next, environment).some(({ level }) => level === 'error')) return null;
  return checkEveryStep(state, next, planOf(state, next, environment), environment).length > 0 ? null : next;
}

/** What every engine lists, in the words of a state. */
async function seen(lab: Lab): Promise<string[]> {
  const lists = lab.hosts.map(async (host) =>
    (await containersOn(host)).map((container) => {
      const { Labels: labels, Ports: ports, State: phase } = container;
      const [port] = ports.flatMap(({ PublicPort }) => PublicPort ?? []);
      const bits = `${labels['cmanage.version'] ?? ''} ${labels['cmanage.digest'] ?? ''} ${container.Image}`;
      return `${host.name} ${nameOf(container)} ${labels['cmanage.service'] ?? ''} ${bits} ${port ?? ''} ${phase}`;
    }),
  );
  return (await Promise.all(lists)).flat().sort();
}

function expected(state: State, lab: Lab): string[] {
  return state.containers
    .map(({ name, stack, version, digest, hostPort }) => {
      const { host, service } = state.stacks.find((row) => row.name === stack) ?? { host: '', service: '' };
      return `${host} ${name} ${service} ${version} ${digest} ${imageOf(lab)}@${digest} ${hostPort} running`;
    })
    .sort();
}

/**
 * The servers HAProxy should have: of each endpoint, the containers at its pointer; of each service that is called, the
 * containers at each position a tree can lead to.
 */
function expectedServers(state: State, { hosts, rules }: Environment): string[] {
  const serversAt = (backend: string, service: string, position: number): string[] =>
    state.containers.flatMap((row) => {
      const stack = state.stacks.find((candidate) => candidate.name === row.stack);
      if (stack?.service !== service || row.position !== position) return [];
      const address = hosts.find((host) => host.name === stack.host)?.address ?? '';
      return [`${backend}/${row.name} ${address}:${row.hostPort}`];
    });
  const called = [...new Set(state.edges.map(({ child }) => child))];
  const places = (child: string): number[] => {
    const fixed = state.edges.flatMap((edge) => (edge.child === child ? (edge.position ?? 0) : []));
    const highest = Math.max(rules.stages.length - 1, ...fixed, ...state.endpoints.map((row) => row.pointer));
    return Array.from({ length: highest + 1 }, (_, position) => position);
  };
  return [
    ...state.endpoints.flatMap(({ name, service, pointer }) => serversAt(name, service, pointer)),
    ...called.flatMap((child) =>
      places(child).flatMap((position) => serversAt(`link.${child}.${position}`, child, position)),
    ),
  ].sort();
}

describeLab(
  'a random sequence of commands',
  (lab) => {
    const random = chance(seed);
    const count = { accepted: 0, refused: 0 };
    let state: State;
    let environment: Environment;
    let facts: Facts;

    beforeAll(async () => {
      await succeed(lab, 'init');
      ({ environment } = readConfig(lab.etc));
      const images = [...tags, 'latest'].map(async (version) => {
        const digest = await registryDigest(lab, repository, version);
        return { version, host: null, digest, created: null };
      });
      facts = { images: await Promise.all(images), now: 0 };
      state = await stateOf(lab);
    });

    async function follow(command: Command): Promise<void> {
      const next = plannedBy(state, command, lab, environment, facts);
      const untouched = next ? null : await fingerprint(lab);
      const args = argumentsOf(command).map((word) =>
        word.startsWith('registry.example/') ? imageOf(lab) : word,
      );
      const { exitCode, stderr } = await cmanage(lab, ...args);
      const line = `cmanage ${args.join(' ')}: ${stderr}`;
      expect(`${exitCode} ${line}`).toBe(`${next ? 0 : 3} ${line}`);
      if (!next) {
        count.refused++;
        expect(await fingerprint(lab)).toEqual(untouched);
        return;
      }
      count.accepted++;
      const recorded = await stateOf(lab);
      if (!haveSameRows(recorded, next)) expect(recorded).toEqual(next);
      expect(recorded.revision).toBe(state.revision + (haveSameRows(state, next) ? 0 : 1));
      expect(await seen(lab)).toEqual(expected(next, lab));
      expect(await serversOf(lab)).toEqual(expectedServers(next, environment));
      const [balancer] = environment.loadBalancers;
      if (balancer && next.endpoints.length > 0) {
        expect(configOf(lab)).toBe(render(routes(next, environment, balancer), balancer));
      }
      state = recorded;
    }

    it('begins with two services and three stages', async () => {
      for (const command of beginning) await follow(command);
      expect(count).toEqual({ accepted: beginning.length, refused: 0 });
    });

    it.each(Array.from({ length }, (_, index) => index + 1))(
      'command %i leaves what was planned',
      async () => {
        await follow(commandOnLab(random, state));
      },
    );

    it('was not all refused, and not all accepted', () => {
      expect(count.accepted).toBeGreaterThan(beginning.length + 8);
      expect(count.refused).toBeGreaterThan(5);
    });
  },
  { hosts: 3 },
);
