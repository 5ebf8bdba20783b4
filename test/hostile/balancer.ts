import { putInPlace, readLive, reload, waitDrained } from '../../src/haproxy/balancer.ts';
import { countsOf } from '../../src/haproxy/canary.ts';
import { setLink, waitLinkDrained } from '../../src/haproxy/links.ts';
import { bindsOf, parseListeners, parseLocalAddresses } from '../../src/haproxy/listeners.ts';
import { contentsOf, linkMapIn, readGeneration } from '../../src/haproxy/render.ts';
import {
  addServer,
  drainServer,
  readRunning,
  readyServer,
  removeServer,
  setWeight,
} from '../../src/haproxy/runtime.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';
import { environmentOf, smallHouse } from '../prove/house.ts';
import { decode } from '../prove/decode.ts';
import { chance } from '../prove/orders.ts';
import { SimulatedHaproxy } from '../simulation/haproxy.ts';
import { connectMachines } from '../simulation/shell.ts';
import { liveOf } from '../support/plans.ts';
import { mutated, oneOf, type Random } from './mutate.ts';

/** Answers of HAProxy's master and worker, and of the shell that asks them. */

const connection: BalancerConnection = {
  ...{ name: 'lb', run: ['lb'], config: '/etc/haproxy/haproxy.cfg', linkMap: '/etc/haproxy/links.map' },
  ...{ masterSocket: '/run/haproxy/master.sock', program: 'haproxy' },
};
const state = decode('a[1:2 2:2]{prod>0(a>b@*)};b[2:2 3:2]{}', smallHouse.hosts);
const config = liveOf(state, environmentOf(smallHouse)).get('lb') ?? '';
const [backend = '', servers = []] = [...contentsOf(config).servers][0] ?? [];
const server = servers[0] ?? { name: 'x', address: '192.0.2.1', port: 1, weight: 1 };
const [port = 0, target = ''] = [...contentsOf(config).links][0] ?? [];

const calls: readonly (() => Promise<unknown>)[] = [
  () => readRunning(connection, connection.linkMap),
  () => addServer(connection, backend, { ...server, name: 'new' }),
  () => drainServer(connection, backend, server.name),
  () => readyServer(connection, backend, server),
  () => removeServer(connection, backend, server.name, 1),
  () => setWeight(connection, backend, server.name, 7),
  () => setLink(connection, connection.linkMap, port, target),
  () => setLink(connection, connection.linkMap, port, null),
  () => waitLinkDrained(connection, port, target, 1),
  () => waitDrained(connection, 1),
  () => readLive(connection),
  () => putInPlace(connection, config),
  () => reload(connection, config),
];

const parsers: readonly ((text: string) => unknown)[] = [
  (text) => countsOf(text, ['x']),
  bindsOf,
  parseListeners,
  parseLocalAddresses,
  contentsOf,
  linkMapIn,
  readGeneration,
];

export async function tryBalancer(random: Random): Promise<void> {
  oneOf(random, parsers)(mutated(random, config));
  const haproxy = new SimulatedHaproxy('lb', connection.linkMap, {
    random: chance(Math.floor(random() * 2 ** 32)),
    onChange: () => undefined,
  });
  haproxy.config = config;
  haproxy.map = linkMapIn(config);
  haproxy.start();
  const spoil = (text: string): string => (random() < 0.5 ? text : mutated(random, text));
  const machine = {
    haproxy,
    random,
    mishap: () => null,
    isFull: () => false,
    onEvent: () => undefined,
    spoil,
  };
  connectMachines(new Map([['lb', machine]]));
  await oneOf(random, calls)();
}
