import fc from 'fast-check';
import { childrenOf, modeOf } from '../../src/model/links.ts';
import { defaultStages } from '../../src/model/rules.ts';
import { defaultHealth, type ServiceSettings } from '../../src/model/settings.ts';
import type { Retention } from '../../src/model/retention.ts';
import type { Container, Edge, External, State } from '../../src/model/state.ts';
import { linkPorts, makeState, type ServiceSketch } from './makeState.ts';

/** Objects as JSON makes them. */
const plain = { noNullPrototype: true } as const;
const services = ['mail', 'training', 'webapp'];
const versions = ['v0.1', 'v0.2', 'v0.9', 'v0.10', 'v1.0-rc1', 'v1.0'];
const ports = { min: 1, max: 65535 };
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const settings: fc.Arbitrary<ServiceSettings> = fc.record(
  {
    containerPort: fc.integer(ports),
    health: fc
      .tuple(fc.option(fc.constantFrom('/', '/health')), fc.nat(1000))
      .map(([path, number]) => ({ ...defaultHealth, path, interval: number, deadline: number })),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), text, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    envFiles: fc.array(text, { maxLength: 2 }),
    secretFiles: fc.array(fc.record({ name: text, path: text }, plain), { maxLength: 2 }),
    command: fc.option(fc.array(text, { maxLength: 3 }), { nil: null }),
    memory: fc.option(fc.integer({ min: 6 * 1024 ** 2, max: 2 ** 40 })),
    cpus: fc.option(fc.double({ min: 0.01, max: 64, noNaN: true })),
    pids: fc.integer({ min: 8, max: 1_000_000 }),
    stopGrace: fc.nat(3600),
  },
  plain,
);

const endpoint = fc.record(
  {
    address: fc.option(fc.constantFrom('192.0.2.11', '192.0.2.12')),
    url: fc.option(fc.constantFrom('a.example', 'b.example')),
  },
  plain,
);

const retention: fc.Arbitrary<Retention> = fc.record(
  {
    by: fc.constantFrom('count', 'seconds'),
    limit: fc.integer({ min: 1, max: 9 }),
    warm: fc.boolean(),
  },
  plain,
);

const sketch: fc.Arbitrary<ServiceSketch> = fc.record(
  {
    pull: fc.constantFrom('registry', 'never'),
    settings,
    hosts: fc.shuffledSubarray(['docker01', 'docker02', 'docker03'], { minLength: 1 }),
    versions: fc.subarray(versions, { minLength: 3 }),
    endpoints: fc.dictionary(fc.constantFrom('prod', 'qa', 'dev'), endpoint, plain),
  },
  plain,
);

const external: fc.Arbitrary<External> = fc.record(
  {
    name: fc.constant('db'),
    mode: fc.constantFrom('http', 'tcp'),
    targets: fc
      .array(
        fc.record({ host: fc.constantFrom('db.example', '192.0.2.40'), port: fc.integer(ports) }, plain),
        {
          minLength: 3,
          maxLength: 3,
        },
      )
      .map((places) => places.map((place, index) => ({ stage: defaultStages[index] ?? '', ...place }))),
    healthPath: fc.constantFrom(null, '/status'),
  },
  plain,
);

/** A correct and complete state of up to three services on up to three hosts, and an external one that some call. */
export const correctState: fc.Arbitrary<State> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...services), sketch, plain),
    fc.nat(1000),
    fc.boolean(),
    fc.option(external),
    fc.option(retention),
  )
  .map(([sketches, revision, trees, db, kept]) => {
    const made = { ...makeState(sketches), externals: db ? [db] : [] };
    const state = kept ? retaining(made, kept) : made;
    // The ports differ, so that no two endpoints want the same one.
    const endpoints = state.endpoints.map((row, index) => ({ ...row, port: 8000 + index }));
    const given = { ...state, revision, endpoints };
    return trees ? linked({ ...given, services: usersIn(state), edges: treesOf(state) }) : given;
  });

/** Every stack has popped its newest container but one, and keeps it. */
function retaining(state: State, retention: Retention): State {
  const stacks = state.stacks.map((stack) => ({ ...stack, nextContainer: stack.nextContainer + 1 }));
  const retained = state.stacks.map(({ name: stack, nextContainer }, index) => ({
    ...{ name: `${stack}-app${nextContainer}`, stack, position: 0, version: 'v0.1', digest: 'sha256:kept' },
    ...{ created: null, hostPort: 20_900 + index, links: {} },
    ...{ since: state.revision, retainedAt: index * 1000, warm: retention.warm },
  }));
  const services = state.services.map((service) => ({ ...service, retention }));
  return { ...state, services, stacks, retained };
}

/** Every service uses the one after it in the list, and the external one. */
function usersIn({ services, externals }: State): State['services'] {
  return services.map((service, index) => {
    const uses = [...services.slice(index + 1, index + 2), ...externals].map((row) => row.name);
    return { ...service, traffic: { ...service.traffic, uses } };
  });
}

/** Every container has its links, at ports that are its own in whatever state it is, because they never change. */
function linked(state: State): State {
  const withLinks = <Row extends Container>(row: Row): Row => {
    const service = state.stacks.find(({ name }) => name === row.stack)?.service ?? '';
    const [stack = 0, container = 0] = (row.name.match(/\d+/g) ?? []).map(Number);
    const links = childrenOf(state, service).map((child) => {
      const mode = modeOf(state, child);
      const last = [...services, 'db'].indexOf(child);
      const place = ((services.indexOf(service) * 4 + stack) * 8 + container) * 4 + last;
      return [child, { host: '192.0.2.10', port: linkPorts[mode].from + place, mode }] as const;
    });
    return { ...row, links: Object.fromEntries(links) };
  };
  return {
    ...state,
    containers: state.containers.map(withLinks),
    retained: state.retained.map(withLinks),
  };
}

/** For every endpoint, an edge to another service where there is one, and to the external one. */
function treesOf(state: State): Edge[] {
  return state.endpoints.flatMap(({ name, service, pointer }) => {
    const children = state.services.filter((row) => row.name !== service).slice(0, 1);
    return [
      ...children.map((child) => ({
        ...{ endpoint: name, parent: service, child: child.name, drainLimit: null },
        position: pointer % 2 === 0 ? null : pointer,
      })),
      ...state.externals.map((child) => ({
        ...{ endpoint: name, parent: service, child: child.name, position: null },
        drainLimit: pointer === 0 ? null : 60,
      })),
    ];
  });
}
