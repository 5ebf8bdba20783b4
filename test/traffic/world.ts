import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { masterCommand } from '../../lab/haproxyApi.ts';
import { pushImage } from '../../lab/images.ts';
import type { Lab } from '../../lab/lab.ts';
import { ownConfigOf } from '../../lab/loadbalancer.ts';
import { run, waitUntil } from '../../lab/run.ts';
import { succeed } from '../support/cmanage.ts';
import { listensAt } from '../support/http.ts';
import type { Door } from './generator/protocol.ts';

/** Three services in a row, each calling the next, at three stages; every stage has a door over HTTP and one over TLS. */

export const front = 'webapp';

const services = [
  { name: front, repository: 'larhauga/webapp' },
  { name: 'training', repository: 'training/webapp' },
  { name: 'ledger', repository: 'lab/ledger' },
] as const;

const stages = [
  { stage: 'prod', port: 8080, tlsPort: 8443, share: 4 },
  { stage: 'qa', port: 8081, tlsPort: 8444, share: 3 },
  { stage: 'dev', port: 8082, tlsPort: 8445, share: 1 },
] as const;

/** The endpoints behind the doors. */
export const watched = stages.map(({ stage }) => `${front}-endpoint-${stage}`);

/**
 * How a service reaches what it calls: `routed` by the tree of the stage it is called at, or by the `doors` of the
 * called service's production, whatever the stage, as services did before trees were routed.
 */
export type Links = 'routed' | 'doors';

/** What this cmanage does. */
export const usualLinks: Links = 'routed';

const doorPorts: Readonly<Record<string, number>> = { training: 8090, ledger: 8091 };

/** The versions are v1.0, v1.1, v1.2 and so on, pushed when they are needed. */
export const versionOf = (number: number): string => `v1.${number}`;

export async function push(lab: Lab, service: string, version: string): Promise<void> {
  const repository = services.find(({ name }) => name === service)?.repository ?? service;
  await pushImage(lab.registry.address, repository, version, { env: { SERVICE: service } });
}

/** Sets everything up, and gives the doors that a load is put on. */
export async function setUp(lab: Lab, links: Links): Promise<Door[]> {
  await succeed(lab, 'init');
  for (const { name, repository } of [...services].reverse()) await addService(lab, name, repository, links);
  for (const { stage, port } of stages)
    await succeed(lab, 'addendpoint', stage, '-s', front, '-p', String(port));
  // Production's doors lead to position 0, whichever stage calls.
  const position = links === 'doors' ? ['--stp', '0'] : [];
  await succeed(lab, 'connect', 'training', '-p', front, ...position);
  await succeed(lab, 'connect', 'ledger', '-p', 'training', ...position);
  const authority = await openTlsDoors(lab);
  const host = lab.loadbalancer.address;
  return stages.flatMap(({ stage, port, tlsPort, share }) => [
    { stage, host, port, authority: null, share },
    { stage, host, port: tlsPort, authority, share: share / 4 },
  ]);
}

async function addService(lab: Lab, name: string, repository: string, links: Links): Promise<void> {
  const versions = [0, 1, 2].map(versionOf);
  for (const version of versions) await push(lab, name, version);
  const image = ['-i', `${lab.registry.address}/${repository}`, '-s', '2', '-v', ...versions];
  const child = services[services.findIndex((service) => service.name === name) + 1]?.name;
  const env = links === 'doors' && child ? ['--env', doorTo(lab, child)] : [];
  await succeed(lab, 'addservice', name, ...image, '--health', '/health', ...env);
  const port = doorPorts[name];
  if (links === 'routed' || port === undefined) return;
  await succeed(lab, 'addendpoint', 'prod', '-s', name, '-p', String(port));
}

const doorTo = (lab: Lab, child: string): string =>
  `CMANAGE_LINK_${child.toUpperCase()}_URL=http://${lab.loadbalancer.address}:${doorPorts[child] ?? 0}`;

/**
 * Opens doors over TLS as an operator does, in a file of HAProxy's that is not cmanage's: frontends with a certificate,
 * before the backends that cmanage makes for its endpoints. Gives the certificate, which vouches for itself.
 */
async function openTlsDoors(lab: Lab): Promise<string> {
  const { config, address, masterSocket } = lab.loadbalancer;
  const [cert, key] = [join(lab.tls, 'door-cert.pem'), join(lab.tls, 'door-key.pem')];
  const names = ['-subj', '/CN=door', '-addext', `subjectAltName=IP:${address}`];
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  await run('openssl', ['req', '-x509', ...fresh, ...names, '-out', cert, '-keyout', key]);
  const both = `${config}.door.pem`;
  writeFileSync(both, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'), { mode: 0o600 });
  writeFileSync(ownConfigOf(lab.loadbalancer), tlsDoors(address, both));
  await masterCommand(masterSocket, 'reload');
  const open = await waitUntil(async () => {
    const listening = await Promise.all(
      stages.map(({ tlsPort }) => listensAt(lab, tlsPort).catch(() => true)),
    );
    return !listening.includes(false);
  }, 5_000);
  if (!open) throw new Error(`HAProxy opens no doors over TLS; see ${lab.loadbalancer.log}`);
  return readFileSync(cert, 'utf8');
}

const tlsDoors = (address: string, certificate: string): string => `defaults
    mode http
    option idle-close-on-response
    timeout client 60s
    timeout http-keep-alive 10s
${stages
  .map(
    ({ stage, tlsPort }) => `frontend own-${stage}
    bind ${address}:${tlsPort} ssl crt ${certificate}
    use_backend %[str(${front}-endpoint-${stage})]
`,
  )
  .join('')}`;
