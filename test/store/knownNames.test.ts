import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../src/model/errors.ts';
import {
  readImage,
  readKnownNames,
  readKnownOperations,
  readVersions,
  type NamedKind,
} from '../../src/store/knownNames.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { programOn } from '../support/program.ts';

const directory = temporaryDirectory();
const state = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: { port: 80 } } },
  webshop: { hosts: ['docker01'] },
  training: { hosts: ['docker02'] },
});
const { path } = await programOn(directory, state);

const names = async (kind: NamedKind, prefix: string): Promise<string> =>
  (await readKnownNames(path, kind, prefix)).map(({ name }) => name).join(' ');

describe('the names in a state database', () => {
  it.each([
    ['services', '', 'training webapp webshop'],
    ['services', 'web', 'webapp webshop'],
    ['services', 'w%', ''],
    ['services', "w'; DROP TABLE service; --", ''],
    ['stacks', 'webapp', 'webapp-stack1 webapp-stack2'],
    ['endpoints', '', 'webapp-endpoint-prod'],
    ['trees', 'webapp', 'webapp-endpoint-prod'],
    ['hosts', '', 'docker01 docker02'],
    ['containers', 'training', 'training-stack1-app1 training-stack1-app2 training-stack1-app3'],
    ['externals', '', ''],
  ] as const)('%s that begin with %j: %s', async (kind, prefix, expected) => {
    expect(await names(kind, prefix)).toBe(expected);
  });

  it('come with what they are', async () => {
    expect(await readKnownNames(path, 'endpoints', '')).toEqual([
      { name: 'webapp-endpoint-prod', about: 'prod, port 80' },
    ]);
  });

  it('are those of operations, too', async () => {
    expect(await readKnownOperations(path, { open: false })).toEqual([]);
    expect(await readKnownOperations(path, { open: true })).toEqual([]);
  });
});

describe('a service', () => {
  it('has an image, and the versions that run of it', async () => {
    const found = await readImage(path, 'webapp');
    expect(found).toEqual({ image: 'registry.example/webapp', pull: 'registry' });
    expect((await readVersions(path, 'registry.example/webapp')).sort()).toEqual(['v0.1', 'v0.2', 'v0.3']);
    expect(await readImage(path, 'nobody')).toBeNull();
    expect(await readVersions(path, 'registry.example/nobody')).toEqual([]);
  });
});

describe('a file that is no state database', () => {
  it.each([
    ['is not there', `${directory}/none.db`],
    [
      'is something else',
      fileIn(directory, 'text.db', 'not a database, and long enough to be looked at as one'),
    ],
  ])('%s', async (_what, other) => {
    await expect(readKnownNames(other, 'services', '')).rejects.toThrow(UserError);
    await expect(readKnownNames(other, 'services', '')).rejects.toThrow(other);
  });
});
