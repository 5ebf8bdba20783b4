import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project.ts';
import type { Lab, LabHost, LabLoadbalancer } from './record.ts';

/** Writes cmanage's configuration for this lab. Files that are already there stay: they may have been edited. */
export function writeEtc(lab: Lab): void {
  mkdirSync(lab.etc, { recursive: true });
  writeNew(join(lab.etc, 'cmanage.yml'), 'environment: lab\nstate: ../state/cmanage.db\n');
  writeNew(join(lab.etc, 'hosts.yml'), hostsFile(lab));
  const rules = join(projectRoot(), 'etc/rules.yml');
  if (!existsSync(rules)) writeNew(join(lab.etc, 'rules.yml'), '{}\n');
  else if (!existsSync(join(lab.etc, 'rules.yml'))) copyFileSync(rules, join(lab.etc, 'rules.yml'));
}

function writeNew(path: string, text: string): void {
  if (!existsSync(path)) writeFileSync(path, text);
}

const hostsFile = ({ hosts, loadbalancer, moreLoadbalancers, registry }: Lab): string => `hosts:
${hosts.map(hostEntry).join('')}loadbalancers:
${[loadbalancer, ...moreLoadbalancers].map(balancerEntry).join('')}registries:
  ${registry.address}: { insecure: true }
`;

const balancerEntry = ({
  name,
  address,
  config,
  masterSocket,
  statsSocket,
}: LabLoadbalancer): string => `  ${name}:
    address: ${address}
    config: ${config}
    master_socket: ${masterSocket}
    stats_socket: ${statsSocket}
`;

const hostEntry = ({ name, engine, address }: LabHost): string => `  ${name}:
    engine: ${engine}
    tls: { ca: ../tls/ca.pem, cert: ../tls/client-cert.pem, key: ../tls/client-key.pem }
    address: ${address} # where the load balancer reaches published ports
    ports: 20000-20999
    max_containers: 100
`;
