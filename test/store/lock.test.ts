import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LockedError } from '../../src/model/errors.ts';
import { emptyState } from '../../src/model/state.ts';
import { beginOperation } from '../../src/store/journal.ts';
import { isLockHeld, takeLock } from '../../src/store/lock.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const root = new URL('../..', import.meta.url).pathname;
const { path: freshPath, open } = databases();

describe('takeLock', () => {
  it('refuses a second one in the same process, and says who holds it', async () => {
    const path = await freshPath();
    const [one, two] = [await open(path), await open(path)];
    const lock = await takeLock(one, path, 1);
    const plan = planOf(emptyState, emptyState);
    const start = {
      command: 'cmanage pop webapp',
      actor: 'alice@admin',
      reason: null,
      baseRevision: 0,
      plan,
    };
    await expect(takeLock(two, path, 0)).rejects.toThrow(
      'another cmanage is about to change this environment',
    );
    const { operation } = await beginOperation(one, start);
    const refused = takeLock(two, path, 0);
    await expect(refused).rejects.toThrow(LockedError);
    await expect(refused).rejects.toThrow(`operation ${operation} (cmanage pop webapp) by alice@admin`);
    await lock.release();
    await (await takeLock(two, path, 0)).release();
  });

  it('waits as long as it was told, and no longer', async () => {
    const path = await freshPath();
    const [one, two] = [await open(path), await open(path)];
    const lock = await takeLock(one, path, 0);
    const started = performance.now();
    await expect(takeLock(two, path, 0.4)).rejects.toThrow('it was waited for 0.4 s');
    const waited = performance.now() - started;
    expect(waited).toBeGreaterThan(300);
    expect(waited).toBeLessThan(2000);
    const patient = takeLock(two, path, 5);
    await lock.release();
    await (await patient).release();
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('keeps nobody from reading, and leaves its file to the owner alone', async () => {
    const path = await freshPath();
    const lock = await takeLock(await open(path), path, 0);
    const reader = await open(path, true);
    expect(await reader.source.query('SELECT revision FROM environment')).toEqual([{ revision: 0 }]);
    expect((statSync(`${path}.lock`).mode & 0o777).toString(8)).toBe('600');
    await lock.release();
  });
});

describe('isLockHeld', () => {
  it('looks, and takes nothing from anybody', async () => {
    const path = await freshPath();
    expect(await isLockHeld(path)).toBe(false);
    const lock = await takeLock(await open(path), path, 0);
    const started = performance.now();
    expect(await isLockHeld(path)).toBe(true);
    expect(performance.now() - started).toBeLessThan(500);
    await lock.release();
    expect(await isLockHeld(path)).toBe(false);
    await (await takeLock(await open(path), path, 0)).release();
  });

  it('does not take a lock that cannot be looked at for a free one', async () => {
    const path = await freshPath();
    writeFileSync(`${path}.lock`, 'this is no empty file, and no database, which is at least 512 bytes long');
    await expect(isLockHeld(path)).rejects.toThrow('SQLITE_NOTADB');
  });
});

/** Takes the lock as the product does, says so, and then does nothing until it is killed. */
const holder = `
import { openDatabase } from './src/store/database.ts';
import { isLockHeld, takeLock } from './src/store/lock.ts';
const path = process.env.STATE_PATH ?? '';
await takeLock(await openDatabase(path, { readOnly: false }), path, 1);
console.log('held');
setInterval(() => undefined, 1000);
`;

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that holds the lock. */
async function holderOf(path: string): Promise<ChildProcess> {
  const stdin = { contents: holder, resolveDir: root, loader: 'ts' } as const;
  const { outputFiles } = await build({
    ...{ stdin, bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external' },
  });
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: root,
    env: { ...process.env, STATE_PATH: path },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  child.stdin.end(outputFiles[0]?.text);
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  expect(String(said)).toBe('held\n');
  return child;
}

describe('the lock of another process', () => {
  it('is respected, and free the moment that process is killed', async () => {
    const path = await freshPath();
    const child = await holderOf(path);
    const database = await open(path);
    await expect(takeLock(database, path, 0)).rejects.toThrow(LockedError);
    const patient = takeLock(database, path, 5);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await (await patient).release();
  });
});
