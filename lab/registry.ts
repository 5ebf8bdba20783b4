import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startDaemon, tailOf } from './processes.ts';
import { writeLab, type Lab } from './record.ts';
import { waitUntil } from './run.ts';

/** Starts the lab's registry on the bridge's address and waits until it answers. */
export async function startRegistry(lab: Lab): Promise<void> {
  const { registry } = lab;
  mkdirSync(registry.storage, { recursive: true });
  const config = join(registry.storage, 'config.yml');
  writeFileSync(config, stringify(registryConfig(lab)));
  Object.assign(registry, await startDaemon(lab.mark, registry.log, ['docker-registry', 'serve', config]));
  writeLab(lab);
  const answers = await waitUntil(async () => (await fetch(`http://${registry.address}/v2/`)).ok, 15_000);
  if (!answers) throw new Error(`the registry does not answer; the end of its log:\n${tailOf(registry.log)}`);
}

/** Deleting is on, so that tests can make an image vanish. */
function registryConfig({ registry }: Lab): Record<string, unknown> {
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: registry.storage }, delete: { enabled: true } },
    http: { addr: registry.address, secret: 'lab' },
  };
}
