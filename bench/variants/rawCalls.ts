import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import type { Variant } from '../rounds.ts';
import { verifyOrder, wipeHosts, type Order } from '../world.ts';

/** The baseline: create, start and inspect by the bare Engine API, so many containers at once. See rawDeploy.mjs. */
export function rawCalls(lab: Lab, order: Order, width: number): Variant {
  const path = join(lab.dir, 'state', `raw-${width}.json`);
  writeFileSync(path, JSON.stringify({ width, tls: certificates(lab), containers: order.map(asSent) }));
  return {
    name: `raw Engine API calls, ${width} at once`,
    prepare: () => wipeHosts(lab),
    command: { program: process.execPath, args: [join(projectRoot(), 'bench/rawDeploy.mjs'), path] },
    verify: () => verifyOrder(lab, order),
  };
}

/** The client's certificate, as cmanage has it in hosts.yml. */
export function certificates(lab: Lab): { ca: string; cert: string; key: string } {
  const [ca, cert, key] = ['ca.pem', 'client-cert.pem', 'client-key.pem'].map((file) => join(lab.tls, file));
  return { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
}

function asSent({ host, name, body }: Order[number]): object {
  const { hostname, port } = new URL(host.engine);
  return { host: hostname, port: Number(port), name, body };
}
