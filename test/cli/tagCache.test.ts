import { describe, expect, it } from '@jest/globals';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, noteAsking, readHeard, readTags, writeTags } from '../../src/cli/tagCache.ts';
import { UserError } from '../../src/model/errors.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = join(temporaryDirectory(), 'cache');
const file = join(directory, 'tags.json');
const minute = 60_000;
const now = Date.UTC(2026, 10, 21);

const heard = (image: string, tags: string[]) =>
  new Map([[image, { asked: new Date(now).toISOString(), tags }]]);
const keep = (image: string, tags: string[]): void => {
  writeTags(directory, heard(image, tags));
};

describe('the tags that are kept', () => {
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
    keep('a/b', ['v1', 'v2']);
    expect(readTags(directory, 'a/b', now + later)).toEqual(expected);
  });

  it('are asked for by one only, for half a minute', () => {
    keep('a/c', ['v1']);
    noteAsking(directory, 'a/c', now + 20 * minute);
    expect(readTags(directory, 'a/c', now + 20 * minute)).toEqual({ tags: ['v1'], isDue: false });
    expect(readTags(directory, 'a/c', now + 20.5 * minute)).toEqual({ tags: ['v1'], isDue: true });
  });

  it('are of one image each, and of the owner alone', () => {
    keep('a/d', ['v1']);
    keep('a/e', ['v2']);
    expect(readTags(directory, 'a/d', now).tags).toEqual(['v1']);
    expect(readTags(directory, 'a/none', now).tags).toEqual([]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).toEqual(['tags.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are told to who looks at them later, however old, with the time of the answer', () => {
    keep('a/h', ['v1', 'v2']);
    noteAsking(directory, 'a/h', now + minute);
    noteAsking(directory, 'a/asked', now);
    expect(readHeard(directory, ['a/h', 'a/h', 'a/asked', 'a/none'])).toEqual(
      new Map([['a/h', { asked: '2026-11-21T00:00:00.000Z', tags: ['v1', 'v2'] }]]),
    );
    expect(readHeard(join(directory, 'nowhere'), ['a/h'])).toEqual(new Map());
  });

  it('cannot be kept where nothing can be written, and are none there', () => {
    const within = join(fileIn(directory, 'other', ''), 'cmanage');
    expect(() => {
      writeTags(within, heard('a/b', ['v1']));
    }).toThrow(
      new UserError(
        `the tags of images cannot be kept in ${within} (ENOTDIR: not a directory, mkdir '${within}'): make it writable, or name another place by $XDG_CACHE_HOME`,
      ),
    );
    expect(readTags(within, 'a/b', now)).toEqual({ tags: [], isDue: true });
    expect(readHeard(within, ['a/b'])).toEqual(new Map());
  });

  const entry = { at: now, asking: 0, tags: ['v1'] };
  it.each<[string, unknown]>([
    ['is empty', ''],
    ['is no JSON', '{"a/g"'],
    ['is null', null],
    ['is a list', [entry]],
    ['has no times', { 'a/g': { tags: ['v1'] } }],
    ['has no time that there is', { 'a/g': { ...entry, at: 1e300 } }],
    ['has no tags', { 'a/g': { ...entry, tags: 'v1' } }],
    ['has what is no tag', { 'a/g': { ...entry, tags: ['v1', '$(reboot)'] } }],
    ['has what is no text', { 'a/g': { ...entry, tags: [7] } }],
  ])('are looked up anew where the file %s', (_what, content) => {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    expect(readTags(directory, 'a/g', now)).toEqual({ tags: [], isDue: true });
    expect(readHeard(directory, ['a/g'])).toEqual(new Map());
    keep('a/g', ['v1']);
    expect(readTags(directory, 'a/g', now).tags).toEqual(['v1']);
  });
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
