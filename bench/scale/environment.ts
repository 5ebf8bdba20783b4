import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { createDatabase, openDatabase } from '../../src/store/database.ts';
import { saveChange } from '../../src/store/state.ts';
import { balancerAddress, hostCount, hostName, linkRange } from './generate.ts';

/** Writes a configuration and a state database of this state into a directory; its hosts and load balancer exist on paper only. */
export async function writeEnvironment(directory: string, state: State, registry: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const hosts = Array.from({ length: hostCount }, (_, index) => {
    const address = `192.0.2.${index + 1}`;
    return `  ${hostName(index)}: { engine: unix:///nowhere/${index}.sock, address: ${address}, ports: 20000-29999 }`;
  });
  const balancer =
    '{ config: /nowhere/haproxy.cfg, master_socket: /nowhere/master, stats_socket: /nowhere/stats }';
  const links = `{ address: ${balancerAddress}, http: ${linkRange.from}-${linkRange.to}, tcp: 62001-62010 }`;
  const files = {
    'cmanage.yml': 'environment: scale\nstate: state.db\n',
    'hosts.yml': `hosts:\n${hosts.join('\n')}\nloadbalancers:\n  lb01: ${balancer}\nlinks: ${links}\nregistries:\n  ${registry}: { insecure: true }\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const path = join(directory, 'state.db');
  await createDatabase(path);
  const database = await openDatabase(path, { readOnly: false });
  await database.transaction(() => saveChange(database.source, changeBetween(emptyState, state), 0));
  await database.source.destroy();
  return path;
}
