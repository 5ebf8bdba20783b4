import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { isTag } from '../model/names.ts';
import type { Upstream } from '../report/kinds/view.ts';

/**
 * The tags of images as their registries listed them last, for whoever does not wait for a registry: `show`, and completion, which
 * offers them for a day, and has them looked up anew after ten minutes. The file is the user's own, as are the credentials by
 * which a registry may have shown them. Where two write it at once, what one of them has heard is asked for again.
 */

const minute = 60_000;
const ages = { fresh: 10 * minute, kept: 24 * 60 * minute, asking: minute / 2 };

/** What is kept of an image. Times are milliseconds since 1970; `at` is 0 where nothing was heard yet. */
type Entry = { readonly at: number; readonly asking: number; readonly tags: readonly string[] };

const nothing: Entry = { at: 0, asking: 0, tags: [] };

/** What completion offers of an image. */
export type CachedTags = {
  readonly tags: readonly string[];
  /** Whether it is time to ask the registry, and nobody else is doing so. */
  readonly isDue: boolean;
};

/** Where the file is: `$XDG_CACHE_HOME/cmanage`, else `~/.cache/cmanage`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CACHE_HOME;
  return join(given?.startsWith('/') ? given : join(homedir(), '.cache'), 'cmanage');
}

/** What was heard of some images, however long ago. */
export function readHeard(directory: string, images: readonly string[]): Map<string, Upstream> {
  const entries = readEntries(directory);
  return new Map(
    images.flatMap((image): [string, Upstream][] => {
      const { at, tags } = entries.get(image) ?? nothing;
      return at === 0 ? [] : [[image, { asked: new Date(at).toISOString(), tags }]];
    }),
  );
}

/** What is known of an image's tags at a moment, in milliseconds. */
export function readTags(directory: string, image: string, now: number): CachedTags {
  const { at, asking, tags } = readEntries(directory).get(image) ?? nothing;
  // A time to come was written by a clock that has been put back since.
  const age = (moment: number): number => (moment > now ? Infinity : now - moment);
  return {
    tags: age(at) < ages.kept ? tags : [],
    isDue: age(at) >= ages.fresh && age(asking) >= ages.asking,
  };
}

/** Notes that the registry is being asked, so that not each press of a key asks it again. */
export function noteAsking(directory: string, image: string, now: number): void {
  const entries = readEntries(directory);
  writeEntries(directory, entries.set(image, { ...(entries.get(image) ?? nothing), asking: now }));
}

/** Keeps what registries have listed, by image. A directory that cannot be written is a UserError. */
export function writeTags(directory: string, heard: ReadonlyMap<string, Upstream>): void {
  const entries = readEntries(directory);
  for (const [image, { asked, tags }] of heard) {
    entries.set(image, { at: Date.parse(asked), asking: 0, tags });
  }
  writeEntries(directory, entries);
}

const fileIn = (directory: string): string => join(directory, 'tags.json');

/** Whatever is no such file was not heard: it is asked for again at no loss. */
function readEntries(directory: string): Map<string, Entry> {
  let text: string;
  try {
    text = readFileSync(fileIn(directory), 'utf8');
  } catch (error) {
    // It is not there, or somebody else's, as after a sudo that kept $HOME: then writing it says so.
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return new Map();
    throw error;
  }
  try {
    const entries = Object.entries((JSON.parse(text) ?? {}) as object);
    return new Map(entries.filter((entry): entry is [string, Entry] => isEntry(entry[1])));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function isEntry(value: unknown): value is Entry {
  const { at, asking, tags } = (value ?? {}) as Partial<Entry>;
  return (
    [at, asking].every(isTime) &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string' && isTag(tag))
  );
}

/** A Date can be made of it. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}

/** Another cmanage may read the file at this moment: it is there as a whole, or as it was. */
function writeEntries(directory: string, entries: ReadonlyMap<string, Entry>): void {
  const draft = `${fileIn(directory)}.${process.pid}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(draft, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 });
    renameSync(draft, fileIn(directory));
  } catch (error) {
    const fact = `the tags of images cannot be kept in ${directory} (${(error as Error).message})`;
    throw new UserError(`${fact}: make it writable, or name another place by $XDG_CACHE_HOME`);
  }
}
