import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../model/errors.ts';

const files = ['cmanage.yml', 'hosts.yml', 'rules.yml'];

/** Copies those files of the commented reference configuration that a directory does not have. Returns the files it wrote. */
export function writeConfiguration(directory: string): string[] {
  const missing = files.filter((file) => !existsSync(join(directory, file)));
  return writeEach(directory, missing, (name, path) => {
    copyFileSync(referenceFile(name), path, constants.COPYFILE_EXCL);
  });
}

/** A file of the package's own etc/, found from the source file and from the bundle alike: both lie two levels below the root. */
export function referenceFile(name: string): string {
  return fileURLToPath(new URL(`../../etc/${name}`, import.meta.url));
}

/** Whether a file of a directory is byte for byte the reference: it says nothing of anybody's hosts and rules yet. */
export function isReference(directory: string, name: string): boolean {
  const path = join(directory, name);
  return existsSync(path) && readFileSync(path).equals(readFileSync(referenceFile(name)));
}

/** Whether a directory is the package's own etc/, where the reference itself lies. */
export function isPackage(directory: string): boolean {
  return (
    existsSync(directory) && realpathSync(directory) === realpathSync(dirname(referenceFile('hosts.yml')))
  );
}

/** Whether a directory holds one of the files otherwise than in the reference, or the reference itself: they are somebody's then. */
export function hasConfiguration(directory: string): boolean {
  return (
    isPackage(directory) ||
    files.some((file) => existsSync(join(directory, file)) && !isReference(directory, file))
  );
}

/** Writes files of one's own into a directory that has none of them, or has them as the reference does. Returns their paths. */
export function writeDrafted(directory: string, texts: Readonly<Record<string, string>>): string[] {
  return writeEach(directory, Object.keys(texts), (name, path) => {
    writeFileSync(path, texts[name] ?? '', { flag: isReference(directory, name) ? 'w' : 'wx' });
  });
}

/** Why this user cannot write into a directory, or cannot make it, in words that say what is in the way; null where they can. */
export function whyUnwritable(directory: string): string | null {
  const place = resolve(directory);
  if (!existsSync(place)) return whyUnwritable(dirname(place));
  if (!statSync(place).isDirectory()) return `${place} is no directory`;
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `this user cannot write in ${place} (${(error as NodeJS.ErrnoException).code ?? ''})`;
  }
}

function writeEach(
  directory: string,
  names: readonly string[],
  write: (name: string, path: string) => void,
): string[] {
  const why = whyUnwritable(directory);
  if (why !== null) throw new UserError(`the configuration cannot be written: ${why}`);
  try {
    mkdirSync(directory, { recursive: true });
    return names.map((name) => {
      const path = resolve(directory, name);
      write(name, path);
      return path;
    });
  } catch (error) {
    throw new UserError(`the configuration cannot be written: ${(error as Error).message}`);
  }
}
