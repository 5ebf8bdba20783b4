import { describe, expect, it } from '@jest/globals';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, noteAsking, readTags, writeTags } from '../../../src/cli/completion/tagCache.ts';
import { temporaryDirectory } from '../../support/files.ts';

const directory = join(temporaryDirectory(), 'cache');
const minute = 60_000;
const now = Date.UTC(2026, 10, 21);

describe('the tags that are kept for completion', () => {
  it('are none at first, and to be looked up', () => {
    expect(readTags(directory, 'a/none', now)).toEqual({ tags: [], isDue: true });
  });

  it.each([
    [0, { tags: ['v1', 'v2'], isDue: false }],
    [9 * minute, { tags: ['v1', 'v2'], isDue: false }],
    [10 * minute, { tags: ['v1', 'v2'], isDue: true }],
    [24 * 60 * minute, { tags: [], isDue: true }],
    [-minute, { tags: [], isDue: true }],
  ])('are after %d ms %j', (later, expected) => {
    writeTags(directory, 'a/b', ['v1', 'v2'], now);
    expect(readTags(directory, 'a/b', now + later)).toEqual(expected);
  });

  it('are asked for by one only, for half a minute', () => {
    writeTags(directory, 'a/c', ['v1'], now);
    noteAsking(directory, 'a/c', now + 20 * minute);
    expect(readTags(directory, 'a/c', now + 20 * minute)).toEqual({ tags: ['v1'], isDue: false });
    expect(readTags(directory, 'a/c', now + 20.5 * minute)).toEqual({ tags: ['v1'], isDue: true });
  });

  it('are of one image each, and of the owner alone', () => {
    writeTags(directory, 'a/d', ['v1'], now);
    expect(readTags(directory, 'a/e', now).tags).toEqual([]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'x', '1', '1 1\nv1\n$(reboot)\n', `${now} ${now}\nv1\n\u001b[2J\n`])(
    'are looked up anew where the file has %j',
    (text) => {
      writeTags(directory, 'a/f', [], now);
      writeTags(directory, 'a/g', ['v1'], now);
      for (const name of readdirSync(directory)) writeFileSync(join(directory, name), text);
      expect(readTags(directory, 'a/g', now)).toEqual({ tags: [], isDue: true });
    },
  );
});

describe('the directory', () => {
  it.each([
    [{ XDG_CACHE_HOME: '/var/cache/me' }, '/var/cache/me/cmanage'],
    [{ XDG_CACHE_HOME: 'relative' }, /\/\.cache\/cmanage$/],
    [{}, /\/\.cache\/cmanage$/],
  ])('by %j', (env, expected) => {
    expect(cacheDirectory(env)).toMatch(expected);
  });
});
