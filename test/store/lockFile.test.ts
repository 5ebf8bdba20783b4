import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isLockHeld, replaceLockFile, takeLockFile, type LockFile } from '../../src/store/lockFile.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const root = new URL('../..', import.meta.url).pathname;
const base = temporaryDirectory();
let count = 0;
const fresh = (): string => `${base}/${count++}.locks`;

async function taken(directory: string, name: string, sharing: 'exclusive' | 'shared'): Promise<LockFile> {
  const file = await takeLockFile(directory, name, sharing, 0);
  if (!file) throw new Error(`${name} is not free`);
  return file;
}

describe('takeLockFile', () => {
  it('keeps a name from others, in the same process too, until it is released', async () => {
    const directory = fresh();
    const file = await taken(directory, 'service:webapp', 'exclusive');
    expect(await takeLockFile(directory, 'service:webapp', 'exclusive', 0)).toBeNull();
    expect(await takeLockFile(directory, 'service:webapp', 'shared', 0)).toBeNull();
    await (await taken(directory, 'service:mail', 'exclusive')).release();
    await file.release();
    await (await taken(directory, 'service:webapp', 'exclusive')).release();
  });

  it('says so where nothing can be written beside the state database', async () => {
    const directory = `${fileIn(base, 'plain', '')}/state.db.locks`;
    await expect(takeLockFile(directory, 'everything', 'exclusive', 0)).rejects.toThrow(
      /^the lock file .*everything\.lock cannot be written: ENOTDIR: .* see that this user may, and that the file system is not read-only$/,
    );
  });

  it('is shared by many, and by nobody while one has it alone', async () => {
    const directory = fresh();
    const files = [
      await taken(directory, 'everything', 'shared'),
      await taken(directory, 'everything', 'shared'),
    ];
    expect(await takeLockFile(directory, 'everything', 'exclusive', 0)).toBeNull();
    for (const file of files) await file.release();
    await (await taken(directory, 'everything', 'exclusive')).release();
  });

  it('waits as long as it was told, and no longer', async () => {
    const directory = fresh();
    const file = await taken(directory, 'everything', 'exclusive');
    const started = performance.now();
    expect(await takeLockFile(directory, 'everything', 'exclusive', 400)).toBeNull();
    expect(performance.now() - started).toBeGreaterThan(300);
    const patient = takeLockFile(directory, 'everything', 'exclusive', 20_000);
    await file.release();
    await (await patient)?.release();
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('leaves its files to the owner alone', async () => {
    const directory = fresh();
    await (await taken(directory, 'service:webapp', 'exclusive')).release();
    expect((statSync(directory).mode & 0o777).toString(8)).toBe('700');
    expect((statSync(`${directory}/service:webapp.lock`).mode & 0o777).toString(8)).toBe('600');
  });

  it.each(['../webapp', 'service:Webapp', 'a b', ''])('takes no name like %j', async (name) => {
    await expect(takeLockFile(fresh(), name, 'exclusive', 0)).rejects.toThrow('is no name of a lock');
  });
});

describe('isLockHeld', () => {
  it('looks, and takes nothing from anybody', async () => {
    const directory = fresh();
    expect(await isLockHeld(directory, 'service:webapp')).toBe(false);
    const file = await taken(directory, 'service:webapp', 'exclusive');
    expect(await isLockHeld(directory, 'service:webapp')).toBe(true);
    await file.release();
    expect(await isLockHeld(directory, 'service:webapp')).toBe(false);
  });

  it('does not take a lock that cannot be looked at for a free one', async () => {
    const directory = fresh();
    mkdirSync(directory);
    const text = 'this is no empty file, and no database, which is at least 512 bytes long';
    writeFileSync(`${directory}/everything.lock`, text);
    await expect(isLockHeld(directory, 'everything')).rejects.toThrow('SQLITE_NOTADB');
  });
});

describe('replaceLockFile', () => {
  it('takes a name away from its holder, who can tell', async () => {
    const directory = fresh();
    const old = await taken(directory, 'service:webapp', 'exclusive');
    expect(old.isCurrent()).toBe(true);
    const waiting = takeLockFile(directory, 'service:webapp', 'exclusive', 20_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    replaceLockFile(directory, 'service:webapp');
    const next = await taken(directory, 'service:webapp', 'exclusive');
    expect([old.isCurrent(), next.isCurrent()]).toEqual([false, true]);
    // Whoever waited on the old file does not get it: it waits on for the new one.
    await old.release();
    await expect(
      Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))]),
    ).resolves.toBe('waits');
    await next.release();
    expect((await waiting)?.isCurrent()).toBe(true);
    await (await waiting)?.release();
  });
});

/** Takes a lock as the product does, says so, and then does nothing until it is killed. */
const holder = `
import { takeLockFile } from './src/store/lockFile.ts';
await takeLockFile(process.env.LOCKS ?? '', 'service:webapp', 'exclusive', 1000);
console.log('held');
setInterval(() => undefined, 1000);
`;

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function holderOf(directory: string): Promise<ChildProcess> {
  const stdin = { contents: holder, resolveDir: root, loader: 'ts' } as const;
  const { outputFiles } = await build({
    ...{ stdin, bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external' },
  });
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: root,
    env: { ...process.env, LOCKS: directory },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  child.stdin.end(outputFiles[0]?.text);
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  expect(String(said)).toBe('held\n');
  return child;
}

describe('the lock of another process', () => {
  it('is respected, also while that is paused, and free the moment it is killed', async () => {
    const directory = fresh();
    const child = await holderOf(directory);
    child.kill('SIGSTOP');
    expect(await takeLockFile(directory, 'service:webapp', 'exclusive', 0)).toBeNull();
    expect(await isLockHeld(directory, 'service:webapp')).toBe(true);
    const patient = takeLockFile(directory, 'service:webapp', 'exclusive', 20_000);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const file = await patient;
    expect(file).not.toBeNull();
    await file?.release();
  });
});
