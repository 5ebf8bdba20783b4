import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './record.ts';
import { run } from './run.ts';

/** Elliptic-curve keys take a few milliseconds to make, RSA keys up to half a second. */
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];

/** Makes the lab's own authority, one certificate per host for its address, and one for cmanage as the client. */
export async function createCertificates(lab: Lab): Promise<void> {
  const names = [...lab.hosts.map((host) => host.name), 'client'];
  if (names.every((name) => existsSync(join(lab.tls, `${name}-cert.pem`)))) return;
  mkdirSync(lab.tls, { recursive: true, mode: 0o700 });
  await openssl(lab, [...newKey, '-subj', `/CN=cmanage lab ${lab.number}`], 'ca.pem', 'ca-key.pem');
  const hosts = lab.hosts.map((host) =>
    sign(lab, host.name, [`subjectAltName=IP:${host.address}`, 'extendedKeyUsage=serverAuth']),
  );
  await Promise.all([...hosts, sign(lab, 'client', ['extendedKeyUsage=clientAuth'])]);
}

function sign(lab: Lab, name: string, extensions: string[]): Promise<string> {
  const authority = ['-CA', join(lab.tls, 'ca.pem'), '-CAkey', join(lab.tls, 'ca-key.pem')];
  const added = ['basicConstraints=critical,CA:FALSE', ...extensions].flatMap((text) => ['-addext', text]);
  const options = [...authority, ...newKey, '-subj', `/CN=${name}`, ...added];
  return openssl(lab, options, `${name}-cert.pem`, `${name}-key.pem`);
}

function openssl(lab: Lab, options: string[], cert: string, key: string): Promise<string> {
  return run('openssl', [
    'req',
    '-x509',
    ...options,
    '-out',
    join(lab.tls, cert),
    '-keyout',
    join(lab.tls, key),
  ]);
}
