import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { findDirectory, readConfig, readRules, readSettings } from '../../config/config.ts';
import { isRepository } from '../../model/names.ts';
import { parametersFor } from '../../model/rules.ts';
import { defaultOrder, sortTags } from '../../model/versionOrder.ts';
import {
  namedKinds,
  readImage,
  readKnownNames,
  readKnownOperations,
  readVersions,
  type KnownName,
} from '../../store/knownNames.ts';
import type { Blank } from './blank.ts';
import { valuesNamed, type Candidate, type LookUp } from './candidates.ts';
import { cacheDirectory, noteAsking, readTags } from '../tagCache.ts';

/** Looks up names in the configuration, the state database and the cache of tags: nothing that takes long is asked. */
export const lookUp: LookUp = async (kind, blank) => {
  const directory = directoryOf(blank);
  const path = (): string => readSettings(directory).statePath;
  switch (kind) {
    case 'services':
    case 'endpoints':
    case 'externals':
      return fromDatabase(readKnownNames(path(), kind, blank.prefix));
    case 'callees': {
      const kinds = ['services', 'externals'] as const;
      const found = kinds.map((one) => fromDatabase(readKnownNames(path(), one, blank.prefix)));
      return (await Promise.all(found)).flat();
    }
    case 'operations':
    case 'unfinished':
      return fromDatabase(readKnownOperations(path(), { open: kind === 'unfinished' }));
    case 'hosts':
      return readConfig(directory).environment.hosts.map(({ name, address }) => ({
        value: name,
        about: address,
      }));
    case 'stages':
      return readRules(directory).stages.map((stage, position) => ({
        value: stage,
        about: `position ${position}`,
      }));
    case 'rules': {
      const { constraints } = await import('../../constraints/all.ts');
      return constraints.map(({ code, summary }) => ({ value: code, about: summary }));
    }
    case 'shown':
      return shown(path(), blank);
    case 'versions':
      return versions(directory, path(), blank);
  }
};

/** The names of what `show` shows, in the singular or the plural. */
async function shown(path: string, { given, prefix }: Blank): Promise<readonly Candidate[]> {
  const what = given[0] ?? '';
  if (what === 'operation' || what === 'operations')
    return fromDatabase(readKnownOperations(path, { open: false }));
  const kind = namedKinds.find((one) => one === what || one === `${what}s`);
  return kind ? fromDatabase(readKnownNames(path, kind, prefix)) : [];
}

/** The versions of the image that was typed, or of the service that the command is about; the latest first. */
async function versions(directory: string, path: string, blank: Blank): Promise<readonly Candidate[]> {
  const service = blank.given[0] ?? '';
  const [typed] = valuesNamed(blank, 'repository').filter(isRepository);
  const found =
    typed === undefined ? await readImage(path, service) : { image: typed, pull: 'registry' as const };
  if (!found) return [];
  const cache = cacheDirectory(process.env);
  const { tags, isDue } = readTags(cache, found.image, Date.now());
  if (isDue && found.pull !== 'never') askRegistry(directory, cache, found.image);
  const order = parametersFor(readRules(directory), 'stack-versions', service, defaultOrder);
  const all = new Set([...tags, ...(await readVersions(path, found.image))]);
  const taken = new Set(valuesNamed(blank, 'versions'));
  const fitting = [...all].filter((tag) => tag.startsWith(blank.prefix) && !taken.has(tag));
  return sortTags(order, fitting)
    .reverse()
    .map((tag) => ({ value: tag, about: '' }));
}

/** Has another process ask the registry, so that the next time its answer is there. */
function askRegistry(directory: string, cache: string, image: string): void {
  noteAsking(cache, image, Date.now());
  const [, program = ''] = process.argv;
  const words = [program, '--etc', directory, '__tags', image];
  spawn(process.execPath, words, { detached: true, stdio: 'ignore' }).unref();
}

/** The configuration that the command would have. The shell has not expanded what it is asked to complete. */
function directoryOf(blank: Blank): string {
  const given = valuesNamed(blank, 'dir')
    .at(-1)
    ?.replace(/^~(?=\/|$)/, homedir());
  return findDirectory(given, process.env.CMANAGE_ETC);
}

async function fromDatabase(names: Promise<readonly KnownName[]>): Promise<Candidate[]> {
  return (await names).map(({ name, about }) => ({ value: name, about }));
}
