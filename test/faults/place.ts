import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeEtc } from '../../lab/etc.ts';
import type { Lab } from '../../lab/lab.ts';
import { pushImage } from '../../lab/images.ts';
import { cmanageIn, succeed, type Answer } from '../support/cmanage.ts';
import { edit } from '../support/etc.ts';

/**
 * An environment of its own on a lab's engines: its own configuration, state database, ports, names and load balancer. Several
 * stand side by side, and what one does must not touch the others.
 */
export type Place = {
  /** The lab as this environment sees it: with its own directory, configuration and load balancer. */
  readonly lab: Lab;
  /** The lab as it is, which is what must be given to start a daemon of it again. */
  readonly whole: Lab;
  /** The build in which something can be made to happen. */
  readonly program: string;
  /** The service with front doors, the one it calls, an external one, and one that comes and goes. */
  readonly web: string;
  readonly api: string;
  readonly db: string;
  readonly extra: string;
};

/** How many ports of each host a place has. */
const portsEach = 100;

/** Lays a place out: number 0 is served by the lab's first load balancer, 1 by the next. Nothing is started or created. */
export function layOutPlace(whole: Lab, number: number, program: string): Place {
  const loadbalancer = number === 0 ? whole.loadbalancer : whole.moreLoadbalancers[number - 1];
  if (!loadbalancer) throw new Error(`the lab has no load balancer for place ${number}`);
  const dir = join(whole.dir, `place${number}`);
  mkdirSync(dir, { recursive: true });
  symlinkSync(whole.tls, join(dir, 'tls'));
  const lab: Lab = { ...whole, dir, etc: join(dir, 'etc'), loadbalancer, moreLoadbalancers: [] };
  writeEtc(lab);
  const first = 20_000 + number * portsEach;
  edit(lab.etc, 'hosts.yml', (text) =>
    text.replaceAll('ports: 20000-20999', `ports: ${first}-${first + portsEach - 1}`),
  );
  edit(lab.etc, 'cmanage.yml', (text) => text.replace('environment: lab', `environment: place${number}`));
  const names = { web: `web${number}`, api: `api${number}`, db: `db${number}`, extra: `extra${number}` };
  return { lab, whole, program, ...names };
}

export const repository = 'faults/tiny';
export const imageFor = ({ lab }: Place): string => `${lab.registry.address}/${repository}`;

/** The versions that are in the registry: small images that run within milliseconds and end at once. */
export async function pushImages({ registry }: Lab): Promise<void> {
  for (const tag of ['v1', 'v2', 'v3', 'v4', 'v5', 'v6']) {
    await pushImage(registry.address, repository, tag, { kind: 'tiny' });
  }
}

/** Its health is asked for often, so that a test does not spend its time in waiting. */
export const usual = ['--health', '/health', '--health-interval', '50', '--stop-grace', '2'];

/**
 * Two services, one calling the other, at three stages and on two of the hosts, and of one a container more than stages;
 * both could call an external service.
 */
export async function setUpPlace(place: Place): Promise<void> {
  const { lab, web, api, db } = place;
  const image = ['-i', imageFor(place), '-s', '2'];
  await succeed(lab, 'init');
  // Stacks begin on the first two hosts; the third one is for what moves.
  const last = `${lab.hosts[2]?.name ?? 'none'}:\n`;
  edit(lab.etc, 'hosts.yml', (text) => text.replace(last, `${last}    placement: false\n`));
  await succeed(
    lab,
    'addexternal',
    db,
    ...['prod', 'qa', 'dev'].flatMap((stage) => targetAt(place, stage, 9001)),
  );
  await succeed(lab, 'addservice', api, ...image, '-v', 'v1', 'v2', 'v3', ...usual);
  await succeed(lab, 'addservice', web, ...image, '-v', 'v1', 'v2', 'v3', ...usual, '--uses', `${api},${db}`);
  for (const [index, stage] of ['prod', 'qa', 'dev'].entries()) {
    await succeed(lab, 'addendpoint', stage, '-s', web, '-p', String(8080 + index));
  }
  await succeed(lab, 'connect', web, '-c', api);
  await succeed(lab, 'release', web, '-v', 'v4');
  edit(lab.etc, 'hosts.yml', (text) => text.replace('    placement: false\n', ''));
}

/** Where the external service answers at a stage: nobody listens there, and HAProxy finds that out by itself. */
export function targetAt({ lab }: Place, stage: string, port: number): string[] {
  return ['--target', `${stage}=${lab.gateway}:${port}`];
}

/** Runs the faulty build on a place, with what is to happen in the environment. */
export function runFaulty(
  { lab, program }: Place,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Answer> {
  return cmanageIn({ program, etc: lab.etc, env, timeout: 300_000 }, ...args);
}

/** Has a place reach its engines by their sockets and without TLS for a while. */
export async function bySockets<T>({ lab }: Place, use: () => Promise<T>): Promise<T> {
  let was = '';
  edit(lab.etc, 'hosts.yml', (text) => {
    was = text;
    return lab.hosts
      .reduce((changed, { engine, socket }) => changed.replace(engine, `unix://${socket}`), text)
      .replaceAll(/^ {4}tls:.*\n/gm, '');
  });
  try {
    return await use();
  } finally {
    edit(lab.etc, 'hosts.yml', () => was);
  }
}
