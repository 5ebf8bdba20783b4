import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '../../src/haproxy/runtimeAnswers.ts';
import {
  addServer,
  drainServer,
  readRunning,
  readyServer,
  removeServer,
  setWeight,
  waitServerDrained,
} from '../../src/haproxy/runtime.ts';
import { askMaster } from '../../src/haproxy/shell.ts';
import { askWorker } from '../../src/haproxy/worker.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';
import {
  answerOf,
  freePorts,
  startHaproxy,
  startResponder,
  until,
  type Responder,
  type RunningHaproxy,
} from '../support/runningHaproxy.ts';

/** The runtime API of a real HAProxy: the world is asked, by requests and by its own lists, and not only the texts. */

const longest = 20;
let haproxy: RunningHaproxy;
let lb: BalancerConnection;
let front = 0;
let first: Responder, second: Responder;

const config = (): string => `
global
    nbthread 2
    hard-stop-after 10s
    setenv CMANAGE_GENERATION 0123456789ab
defaults
    mode http
    option idle-close-on-response
    timeout connect 2s
    timeout client 20s
    timeout server 20s
    default-server check inter 2s fastinter 500ms downinter 1s rise 2 fall 3
frontend front
    bind 127.0.0.1:${front}
    default_backend web
backend web
    balance roundrobin
    server first 127.0.0.1:${first.port} weight 10
backend fixed
    balance source
backend empty
    balance roundrobin
`;

beforeAll(async () => {
  [front = 0] = await freePorts(1);
  [first, second] = [await startResponder('first'), await startResponder('second')];
  haproxy = await startHaproxy(config);
  lb = haproxy.connection;
});

afterAll(async () => {
  await haproxy.stop();
  await Promise.all([first.stop(), second.stop()]);
});

const firstServer = () => ({ name: 'first', address: '127.0.0.1', port: first.port, weight: 10 });
const secondServer = () => ({ name: 'second', address: '127.0.0.1', port: second.port, weight: 10 });

/** Every test starts from `first` alone, ready. */
beforeEach(async () => {
  await removeServer(lb, 'web', 'second', longest);
  await addServer(lb, 'web', { name: 'first', address: '127.0.0.1', port: first.port, weight: 10 });
});

async function serversOf(backend: string): Promise<readonly RunningServer[]> {
  return (await readRunning(lb, '/none')).servers.get(backend) ?? [];
}

async function stateOf(name: string): Promise<string> {
  const server = (await serversOf('web')).find((one) => one.name === name);
  return server ? `${server.state} ${server.weight}` : 'none';
}

/** Who answers a number of requests, one after another. */
async function answers(count: number): Promise<string[]> {
  const all: string[] = [];
  for (let turn = 0; turn < count; turn++) all.push(await answerOf(front));
  return all.sort();
}

/** Starts a request that takes `milliseconds`, and returns when a server is at work on it. */
async function startSlow(milliseconds: number): Promise<{ answer: Promise<string> }> {
  const busy = (): number => first.busy() + second.busy();
  const before = busy();
  const answer = answerOf(front, `/${milliseconds}`);
  await until(() => busy() > before);
  return { answer };
}

describe('a server that is added', () => {
  it('gets the requests of one connection by one connection, as those of the file do', async () => {
    await addServer(lb, 'web', secondServer());
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const request = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const sent = http.get({ host: '127.0.0.1', port: front, agent }, (response) => {
          response.resume().on('end', resolve);
        });
        sent.on('error', reject);
      });
    for (let turn = 0; turn < 20; turn++) await request();
    agent.destroy();
    const [head = '', ...lines] = (await askWorker(lb, 'a test', 'show stat web 4 -1')).trim().split('\n');
    const reused = head.split(',').indexOf('reuse');
    const counts = lines.map((line) => line.split(',')).map((cells) => [cells[1], Number(cells[reused]) > 5]);
    expect(counts.filter(([name]) => name === 'first' || name === 'second')).toEqual([
      ['first', true],
      ['second', true],
    ]);
  });
});

describe('readRunning', () => {
  it('tells the generation and the servers, and no links of a map that is not used', async () => {
    const { generation, servers, links } = await readRunning(lb, '/none');
    expect(generation).toBe('0123456789ab');
    const server = { name: 'first', address: '127.0.0.1', port: first.port, weight: 10 };
    expect([...servers]).toEqual([['web', [{ ...server, state: 'ready', up: true }]]]);
    expect(links).toEqual(new Map());
  });

  it('says that nobody answers', async () => {
    const gone = { ...lb, masterSocket: `${haproxy.directory}/none` };
    await expect(readRunning(gone, '/none')).rejects.toThrow(
      'lb01: asking HAProxy: its master does not answer',
    );
  });
});

describe('addServer', () => {
  it('gives a server requests at once, and does nothing the second time', async () => {
    expect(await addServer(lb, 'web', secondServer())).toBe('takes requests');
    expect(await answers(4)).toEqual(['first', 'first', 'second', 'second']);
    expect(await addServer(lb, 'web', secondServer())).toBe('is there already');
    expect(await stateOf('second')).toBe('ready 10');
  });

  it('gives one that is down nothing before its checks have found it well', async () => {
    const said = await addServer(lb, 'web', secondServer(), { down: true });
    expect(said).toBe('takes requests when its checks find it well');
    expect(await answers(6)).toEqual(Array<string>(6).fill('first'));
    expect((await serversOf('web')).find(({ name }) => name === 'second')).toMatchObject({
      ...{ state: 'ready', up: false },
    });
    await until(async () => (await serversOf('web')).every(({ up }) => up));
    expect(await answers(4)).toEqual(['first', 'first', 'second', 'second']);
  });

  it('has it checked, and takes no answer for an answer', async () => {
    const [dead = 0] = await freePorts(1);
    await addServer(lb, 'empty', { name: 'dead', address: '127.0.0.1', port: dead, weight: 1 });
    await until(async () => (await serversOf('empty'))[0]?.up === false);
    await removeServer(lb, 'empty', 'dead', longest);
    expect(await serversOf('empty')).toEqual([]);
  });

  it('makes ready what is there in another state', async () => {
    await addServer(lb, 'web', { ...secondServer(), weight: 3 });
    await drainServer(lb, 'web', 'second');
    const said = await addServer(lb, 'web', secondServer());
    expect(said).toBe('was there already and takes new requests again');
    expect(await stateOf('second')).toBe('ready 10');
  });

  it('refuses a name that is taken by another address, and leaves that alone', async () => {
    await addServer(lb, 'web', { ...secondServer(), weight: 3 });
    await drainServer(lb, 'web', 'second');
    const other = addServer(lb, 'web', { ...secondServer(), port: first.port });
    const fact = `it is there already as 127.0.0.1:${second.port} and not as 127.0.0.1:${first.port}`;
    await expect(other).rejects.toThrow(`lb01: adding second to web: ${fact}; remove it first`);
    expect(await stateOf('second')).toBe('drain 3');
  });

  it.each([
    ['fixed', 10, 'Backend must use a dynamic load balancing to support dynamic servers'],
    ['web', 257, 'weight of server second is not within 0 and 256 (257)'],
    ['none', 10, 'the running configuration has no backend none'],
  ])('says why not: %s, weight %p', async (backend, weight, reason) => {
    const adding = addServer(lb, backend, { ...secondServer(), weight });
    await expect(adding).rejects.toThrow(`lb01: adding second to ${backend}: ${reason}`);
  });

  it.each(['a b', 'a;quit', 'a\nb', '', '<<', 'a\\'])('never sends %p', async (name) => {
    await expect(addServer(lb, 'web', { ...secondServer(), name })).rejects.toThrow('not fit for');
  });
});

describe('setWeight', () => {
  it('shares requests by weight, and does nothing the second time', async () => {
    await addServer(lb, 'web', secondServer());
    expect(await setWeight(lb, 'web', 'second', 30)).toBe('has weight 30');
    expect(await setWeight(lb, 'web', 'second', 30)).toBe('has weight 30 already');
    expect((await answers(8)).filter((name) => name === 'second')).toHaveLength(6);
  });

  it.each([
    ['web', 'first', 257, "it is 'ready' with weight 10; HAProxy says: Absolute weight can only be between"],
    ['web', 'second', 5, 'it is not there; HAProxy says: No such server'],
    ['none', 'first', 5, 'the running configuration has no backend none'],
  ])('says why not: %s/%s, weight %p', async (backend, server, weight, reason) => {
    const setting = setWeight(lb, backend, server, weight);
    await expect(setting).rejects.toThrow(`lb01: setting the weight of ${server} in ${backend}: ${reason}`);
  });
});

describe('drainServer and readyServer', () => {
  it('take new requests from a server and give them back, and do nothing the second time', async () => {
    await addServer(lb, 'web', secondServer());
    expect(await drainServer(lb, 'web', 'first')).toBe('takes no new requests');
    expect(await drainServer(lb, 'web', 'first')).toBe('takes no new requests already');
    expect(await answers(3)).toEqual(['second', 'second', 'second']);
    expect(await readyServer(lb, 'web', firstServer())).toBe('takes new requests');
    expect(await readyServer(lb, 'web', firstServer())).toBe('takes new requests already');
    expect(await answers(2)).toEqual(['first', 'second']);
  });

  it('say what is not there', async () => {
    expect(await drainServer(lb, 'web', 'second')).toBe('is not there');
    await expect(drainServer(lb, 'none', 'first')).rejects.toThrow('has no backend none');
    await expect(readyServer(lb, 'none', firstServer())).rejects.toThrow('has no backend none');
  });
});

describe('readyServer', () => {
  it('adds a server that a restarted HAProxy does not have', async () => {
    expect(await stateOf('second')).toBe('none');
    expect(await readyServer(lb, 'web', secondServer())).toBe('takes requests');
    expect((await answers(4)).includes('second')).toBe(true);
  });
});

describe('waitServerDrained', () => {
  it('waits for the request under way, and not for connections that are merely kept', async () => {
    const agent = new http.Agent({ keepAlive: true });
    await answerOf(front, '/', agent);
    const { answer } = await startSlow(500);
    await drainServer(lb, 'web', 'first');
    expect(await waitServerDrained(lb, 'web', 'first', longest)).toMatch(/^drained after \d\.\d s$/);
    expect(first.busy()).toBe(0);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    expect(await answer).toBe('first');
    agent.destroy();
  });

  it('cuts and counts what is left at the limit', async () => {
    const slow = [await startSlow(9000), await startSlow(9000), await startSlow(9000)];
    await drainServer(lb, 'web', 'first');
    expect(await waitServerDrained(lb, 'web', 'first', 0.3)).toBe('3 sessions were cut after 0.3 s');
    // What HAProxy says to a client whose request it ends before the server has answered.
    expect(await Promise.all(slow.map(({ answer }) => answer))).toEqual(Array(3).fill('status 502'));
    expect(await waitServerDrained(lb, 'web', 'first', 0)).toMatch(/^drained after/);
  });

  it('says what is not there', async () => {
    expect(await waitServerDrained(lb, 'web', 'second', 1)).toBe('is not there');
    await expect(waitServerDrained(lb, 'none', 'first', 1)).rejects.toThrow('has no backend none');
  });
});

describe('removeServer', () => {
  it('lets the request under way end, and finds nothing the second time', async () => {
    await addServer(lb, 'web', secondServer());
    await drainServer(lb, 'web', 'first');
    const { answer } = await startSlow(400);
    await readyServer(lb, 'web', firstServer());
    expect(await removeServer(lb, 'web', 'second', longest)).toMatch(/^removed, drained after \d\.\d s$/);
    expect(second.busy()).toBe(0);
    expect(await answer).toBe('second');
    expect(await answers(2)).toEqual(['first', 'first']);
    expect(await stateOf('second')).toBe('none');
    expect(await removeServer(lb, 'web', 'second', longest)).toBe('is not there');
  });

  it('does not wait for the connections that its last requests leave behind', async () => {
    await addServer(lb, 'web', secondServer());
    await drainServer(lb, 'web', 'first');
    const requests = await Promise.all(Array.from({ length: 16 }, () => startSlow(1000)));
    await readyServer(lb, 'web', firstServer());
    await removeServer(lb, 'web', 'second', longest);
    expect(await Promise.all(requests.map(({ answer }) => answer))).toEqual(requests.map(() => 'second'));
    expect(await stateOf('second')).toBe('none');
  });

  it('cuts at the limit', async () => {
    await addServer(lb, 'web', secondServer());
    await drainServer(lb, 'web', 'first');
    await startSlow(9000);
    expect(await removeServer(lb, 'web', 'second', 0)).toBe('removed, 1 session was cut after 0 s');
    expect(await stateOf('second')).toBe('none');
  });

  it('says that there is no such backend', async () => {
    await expect(removeServer(lb, 'none', 'first', 1)).rejects.toThrow('has no backend none');
  });
});

describe('under load', () => {
  it('loses no request while servers come, drain and go, and stop at once when they are drained', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
    const wrong: string[] = [];
    let [answered, going] = [0, true];
    const client = async (_: unknown, number: number): Promise<void> => {
      while (going) {
        const answer = await answerOf(front, number % 4 === 0 ? '/20' : '/', agent);
        if (answer === 'first' || answer === 'third') answered++;
        else wrong.push(answer);
        // The clients, the containers and cmanage share this process; without a pause they wait for each other.
        await sleep(10);
      }
    };
    const clients = Array.from({ length: 32 }, client);
    for (let cycle = 0; cycle < 6; cycle++) {
      const third = await startResponder('third');
      const { name, port } = third;
      await addServer(lb, 'web', { name, address: '127.0.0.1', port, weight: 20 });
      await sleep(50);
      await drainServer(lb, 'web', name);
      await waitServerDrained(lb, 'web', name, longest);
      await third.stop();
      await removeServer(lb, 'web', name, longest);
    }
    going = false;
    await Promise.all(clients);
    agent.destroy();
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(500);
  });
});

describe('around a reload', () => {
  it('waits for the worker of the configuration before, and meanwhile for the master', async () => {
    const { answer } = await startSlow(1000);
    await askMaster(lb, 'reload');
    expect(await drainServer(lb, 'web', 'first')).toBe('takes no new requests');
    await waitServerDrained(lb, 'web', 'first', longest);
    expect(first.busy()).toBe(0);
    expect(await answer).toBe('first');
  });
});
