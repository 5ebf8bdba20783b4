import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseProcesses } from '../../src/haproxy/processes.ts';
import { parseMap, parseServers } from '../../src/haproxy/runtimeAnswers.ts';
import { askMaster } from '../../src/haproxy/shell.ts';
import { chance } from '../prove/orders.ts';
import { freePorts, startHaproxy, until, type RunningHaproxy } from '../support/runningHaproxy.ts';
import { after, nextTime, resetClock, step } from './clock.ts';
import { SimulatedHaproxy } from './haproxy.ts';

/** The same commands, drawn by seeds, to a real HAProxy and to the simulated one: they must be answered alike. */

const map = '0 link.none\n20001 first\n20002 second\n';

const configIn = (directory: string): string => `global
    stats socket ${directory}/stats.sock mode 600 level admin expose-fd listeners
    setenv CMANAGE_GENERATION 0123456789ab
defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend links
    bind 127.0.0.1:${front}
    use_backend %[dst_port,map_str(${directory}/links.map)]
backend first
    server one 127.0.0.1:1 weight 100
    server two 127.0.0.1:2 weight 50
backend second
    server one 127.0.0.1:3 weight 1
backend empty
    balance roundrobin
`;

let front = 0;
let real: RunningHaproxy;
let simulated: SimulatedHaproxy;

beforeAll(async () => {
  [front = 0] = await freePorts(1);
  real = await startHaproxy((directory) => {
    writeFileSync(join(directory, 'links.map'), map);
    return configIn(directory);
  });
});

afterAll(() => real.stop());

function simulate(): void {
  resetClock();
  // Nobody sends requests to either.
  simulated = new SimulatedHaproxy('lb', real.connection.linkMap, {
    random: () => 0.4,
    onChange: () => undefined,
  });
  simulated.config = configIn(real.directory);
  simulated.map = map;
  simulated.start();
}

/** Both are loaded anew, so that each sequence begins where the file does. */
async function reloadBoth(): Promise<void> {
  await until(async () => (await askMaster(real.connection, 'show proc').catch(() => '')).includes('master'));
  const { reloads } = parseProcesses('lb', await askMaster(real.connection, 'show proc'));
  await askMaster(real.connection, 'reload');
  await until(async () => {
    const answer = await askMaster(real.connection, 'show proc').catch(() => '');
    return (
      answer.includes('master') &&
      parseProcesses('lb', answer).reloads > reloads &&
      parseProcesses('lb', answer).oldWorkers.length === 0
    );
  });
}

const names = ['one', 'two', 'three', 'four'];
const backends = ['first', 'second', 'empty', 'missing'];
const ports = ['20001', '20002', '20003'];

function drawCommand(random: () => number): string {
  const of = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const at = `${of(backends)}/${of(names)}`;
  const path = random() < 0.95 ? real.connection.linkMap : '/nowhere/links.map';
  const drawn = [
    `add server ${at} 127.0.0.1:${1 + Math.floor(random() * 9)} check inter 2s weight ${1 + Math.floor(random() * 200)}`,
    `del server ${at}`,
    `set server ${at} state maint`,
    `set server ${at} state ${of(['ready', 'drain', 'maint'])}`,
    `set server ${at} weight ${1 + Math.floor(random() * 200)}`,
    `show servers state ${of(backends)}`,
    `show stat ${of(backends)} 4 -1`,
    `add map ${path} ${of(ports)} ${of(backends)}`,
    `set map ${path} ${of(ports)} ${of(backends)}`,
    `del map ${path} ${of(ports)}`,
    `show map ${path}`,
    'show env CMANAGE_GENERATION',
  ];
  return of(drawn);
}

/** What cmanage reads of an answer; what it says in words otherwise. */
function meaningOf(command: string, answer: string): unknown {
  if (command.startsWith('show servers')) {
    const servers = parseServers(`${answer}\n`);
    // Whether checks hold it for up depends on time.
    if (servers)
      return [...servers].map(([name, list]) => [name, list.map((server) => ({ ...server, up: null }))]);
  }
  if (command.startsWith('show stat') && answer.includes('# pxname')) {
    return answer
      .split('\n')
      .flatMap((line) => (/^(first|second|empty),/.test(line) ? [line.split(',').slice(0, 2).join()] : []));
  }
  if (command.startsWith('show map') && answer.includes('0x'))
    return parseMap(`${answer}\n`).map(({ key, value }) => [key, value]);
  return answer.trim().replace(/\.+$/, '');
}

describe('the simulated HAProxy', () => {
  it.each([1, 2, 3, 4, 5, 6])('answers like the real one, in the commands of seed %i', async (seed) => {
    simulate();
    await reloadBoth();
    const random = chance(seed);
    const commands = Array.from({ length: 60 }, () => drawCommand(random));
    const differences: unknown[] = [];
    for (const command of commands) {
      const answer = await askMaster(real.connection, `@1; ${command}`);
      const other = simulated.answer(`@1; ${command}`) ?? 'refused';
      const [is, should] = [meaningOf(command, other), meaningOf(command, answer)];
      if (!isDeepStrictEqual(is, should)) differences.push({ command, is, should });
    }
    expect(differences).toEqual([]);
  });

  it('tells of its processes and reloads like the real one', async () => {
    simulate();
    const before = parseProcesses('lb', simulated.answer('show proc') ?? '');
    expect(before).toMatchObject({ reloads: 0, failed: 0, oldWorkers: [] });
    expect(simulated.answer('reload')).toBe('');
    expect(simulated.answer('show proc')).toBeNull();
    after(1000, () => undefined);
    while (nextTime() !== null) step();
    expect(parseProcesses('lb', simulated.answer('show proc') ?? '')).toMatchObject({
      reloads: 1,
      failed: 0,
    });
    await reloadBoth();
    const answers = [simulated.answer('show proc') ?? '', await askMaster(real.connection, 'show proc')];
    for (const answer of answers) expect(parseProcesses('lb', answer).workers).toHaveLength(1);
  });
});
