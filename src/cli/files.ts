import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { UserError } from '../model/errors.ts';

/** Writes a new file that its owner alone can read, to the disk. A UserError says why it cannot be; then there is none. */
export function writeNew(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = exists ? 'the file exists; choose another name, or remove it' : (error as Error).message;
    throw new UserError(`${path} cannot be written: ${reason}`);
  }
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw new UserError(`${path} cannot be written: ${(error as Error).message}`);
  } finally {
    closeSync(file);
  }
}
