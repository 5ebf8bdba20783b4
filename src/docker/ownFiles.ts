import { readFileSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { ServiceSettings } from '../model/settings.ts';

/**
 * Files of the person who runs cmanage. They are read whenever a container is created, and only their paths are ever
 * stored: what stands in them may be secret.
 */

/** Fails with a UserError where a file that the containers will need is missing or cannot be understood. */
export function checkOwnFiles(settings: ServiceSettings): void {
  variablesOf(settings);
  for (const { path } of settings.secretFiles) readOwnFile(path);
}

/** NAME=value words: the variables of the env files in their order, then those given one by one, which win. */
export function variablesOf(settings: ServiceSettings): string[] {
  const fromFiles = settings.envFiles.flatMap((path) =>
    parseEnvFile(path, readOwnFile(path).toString('utf8')),
  );
  const variables = new Map([...fromFiles, ...Object.entries(settings.env)]);
  return [...variables].map(([name, value]) => `${name}=${value}`);
}

/** Parses NAME=value lines; blank lines and lines that begin with # are passed over. Messages never show a value. */
export function parseEnvFile(path: string, text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=([^\0]*)$/.exec(line);
    if (match?.[1] === undefined) throw new UserError(`${path}:${index + 1}: this line is not NAME=value`);
    return [[match[1], match[2] ?? '']];
  });
}

/** Reads a file of the person who runs cmanage; a missing one is their mistake and not a bug. */
export function readOwnFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${whyUnreadable(error)}`);
  }
}

/** Why a file cannot be read, without its path, which a message has already. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user must not read it';
  return code === 'EISDIR' ? 'it is a directory' : message;
}
