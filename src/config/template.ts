import { copyFileSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const files = ['cmanage.yml', 'hosts.yml', 'rules.yml'];

/**
 * Copies the commented reference configuration into a directory that has no cmanage.yml; an existing file is never
 * overwritten. Returns the files it wrote.
 */
export function writeConfiguration(directory: string): string[] {
  if (existsSync(join(directory, 'cmanage.yml'))) return [];
  mkdirSync(directory, { recursive: true });
  const missing = files.filter((file) => !existsSync(join(directory, file)));
  for (const file of missing)
    copyFileSync(join(reference(), file), join(directory, file), constants.COPYFILE_EXCL);
  return missing.map((file) => resolve(directory, file));
}

/** The package's own etc/, found from the source file and from the bundle alike: both lie two levels below the root. */
function reference(): string {
  return fileURLToPath(new URL('../../etc', import.meta.url));
}
