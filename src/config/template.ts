import { copyFileSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
    copyFileSync(referenceFile(file), join(directory, file), constants.COPYFILE_EXCL);
  return missing.map((file) => resolve(directory, file));
}

/** A file of the package's own etc/, found from the source file and from the bundle alike: both lie two levels below the root. */
export function referenceFile(name: string): string {
  return fileURLToPath(new URL(`../../etc/${name}`, import.meta.url));
}

/** Whether a directory has any of the files, which are its owner's then. */
export function hasConfiguration(directory: string): boolean {
  return files.some((file) => existsSync(join(directory, file)));
}

/** Writes files of one's own into a directory that has none of them. Returns their paths. */
export function writeDrafted(directory: string, texts: Readonly<Record<string, string>>): string[] {
  mkdirSync(directory, { recursive: true });
  return Object.entries(texts).map(([name, text]) => {
    const path = resolve(directory, name);
    writeFileSync(path, text, { flag: 'wx' });
    return path;
  });
}
