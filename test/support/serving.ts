import { existsSync, readFileSync } from 'node:fs';
import { statsCommand } from '../../lab/haproxyApi.ts';
import type { LabLoadbalancer } from '../../lab/lab.ts';

/** What a load balancer serves: servers as `BACKEND/SERVER ADDRESS:PORT weight N STATE`, and links as `PORT > BACKEND`. */

/** As the running HAProxy tells it. A server that takes requests is `ready`, any other has its state as a number. */
export async function servedBy({ statsSocket, config }: LabLoadbalancer): Promise<string[]> {
  const states = await statsCommand(statsSocket, 'show servers state');
  const servers = states.split('\n').flatMap((line) => {
    const cells = line.split(' ');
    if (!/^\d+ /.test(line)) return [];
    const state = cells[6] === '0' ? 'ready' : `state ${cells[6]}`;
    return [`${cells[1]}/${cells[3]} ${cells[4]}:${cells[18]} weight ${cells[7]} ${state}`];
  });
  const map = await statsCommand(statsSocket, `show map ${config}.links.map`);
  const links = [...map.matchAll(/^0x\S+ (\d+) (\S+)$/gm)].map(([, port, backend]) => `${port} > ${backend}`);
  return [...servers, ...links].sort();
}

/** As the files say it, from which HAProxy would start. */
export function writtenFor({ config }: LabLoadbalancer): string[] {
  const text = readFileSync(config, 'utf8');
  let backend = '';
  const servers = text.split('\n').flatMap((line) => {
    backend = /^backend (\S+)$/.exec(line)?.[1] ?? backend;
    const [, name, place] = /^ {4}server (\S+) (\S+)/.exec(line) ?? [];
    const weight = / weight (\d+)/.exec(line)?.[1] ?? '1';
    return name === undefined ? [] : [`${backend}/${name} ${place} weight ${weight} ready`];
  });
  const links = readMap(`${config}.links.map`).map(([port, target]) => `${port} > ${target}`);
  return [...servers, ...links].sort();
}

/** Where no service has called another one yet, there is no map. */
function readMap(file: string): string[][] {
  return (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}
