import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { askUpstream } from '../../../src/cli/show/askUpstream.ts';
import { readHeard, readTags } from '../../../src/cli/tagCache.ts';
import { startFakeRegistry, type FakeRegistry } from '../../support/fakeRegistry.ts';
import { fileIn, temporaryDirectory } from '../../support/files.ts';

const directory = join(temporaryDirectory(), 'cache');

describe('what registries are asked', () => {
  let registry: FakeRegistry;
  const asked: string[] = [];

  beforeAll(async () => {
    registry = await startFakeRegistry('127.0.0.1', (request, response) => {
      const name = /^\/v2\/(.*)\/tags/.exec(request.url ?? '')?.[1] ?? '';
      asked.push(name);
      response.writeHead(name === 'gone' ? 404 : 200).end(JSON.stringify({ tags: [`${name}-v1`] }));
    });
  });
  afterAll(() => {
    registry.close();
  });

  it('is each image once, is remembered with its time, and is told where it fails', async () => {
    const { address } = registry;
    const ask = (images: string[], keptIn = directory) => {
      const failures: string[] = [];
      const known = [{ address, insecure: true, credentials: null }];
      const of = images.map((name) => `${address}/${name}`);
      return askUpstream(of, known, keptIn, ({ message }) => failures.push(message)).then((heard) => ({
        heard: Object.fromEntries(
          [...heard].map(([image, { tags }]): [string, readonly string[]] => [
            image.split('/')[1] ?? '',
            tags,
          ]),
        ),
        failures,
      }));
    };
    const before = new Date().toISOString();
    const many = Array.from({ length: 20 }, (_, index) => `app${index}`);
    const { heard, failures } = await ask([...many, ...many]);
    expect([Object.keys(heard).length, heard.app7, failures]).toEqual([20, ['app7-v1'], []]);
    expect(asked.sort()).toEqual(many.toSorted());
    expect(await ask(['gone', 'app1'])).toEqual({
      heard: { app1: ['app1-v1'] },
      failures: [expect.stringContaining('there is no such repository') as unknown],
    });
    const images = [...many, 'gone'].map((name) => `${address}/${name}`);
    const remembered = readHeard(directory, images);
    expect(remembered.size).toBe(20);
    expect((remembered.get(`${address}/app1`)?.asked ?? '') >= before).toBe(true);
    // Completion has the same memory.
    const offered = readTags(directory, `${address}/app1`, Date.now());
    expect(offered).toEqual({ tags: ['app1-v1'], isDue: false });
    // What cannot be kept is told all the same, once for all of it.
    expect(await ask(['app1', 'app2'], fileIn(directory, 'file', ''))).toEqual({
      heard: { app1: ['app1-v1'], app2: ['app2-v1'] },
      failures: [expect.stringContaining('the tags of images cannot be kept') as unknown],
    });
  });
});
