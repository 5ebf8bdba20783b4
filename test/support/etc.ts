import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

/** Copies the lab's configuration beside it, where relative paths still lead to the same places; gives the copy. */
export function copyEtc(lab: Lab): string {
  const etc = mkdtempSync(join(lab.dir, 'etc-'));
  for (const name of readdirSync(lab.etc)) copyFileSync(join(lab.etc, name), join(etc, name));
  return etc;
}

/** Changes one file of a configuration. */
export function edit(etc: string, file: string, change: (text: string) => string): void {
  const path = join(etc, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** Adds a registry to the last entry of hosts.yml, which the lab writes with the registries at its end. */
export const addRegistry = (etc: string, address: string, entry: string): void => {
  edit(etc, 'hosts.yml', (text) => `${text}  ${address}: ${entry}\n`);
};
