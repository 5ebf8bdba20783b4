import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { askUpstream, readHeard } from '../../src/cli/upstreamCache.ts';
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const statePath = join(directory, 'state.db');

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
    const ask = (images: string[]) => {
      const failures: string[] = [];
      const known = [{ address, insecure: true, credentials: null }];
      const of = images.map((name) => `${address}/${name}`);
      return askUpstream(of, known, statePath, ({ message }) => failures.push(message)).then((heard) => ({
        heard: Object.fromEntries(
          [...heard].map(([image, { tags }]): [string, readonly string[]] => [
            image.split('/')[1] ?? '',
            tags,
          ]),
        ),
        failures,
      }));
    };
    expect(readHeard(statePath)).toEqual(new Map());
    const before = new Date().toISOString();
    const many = Array.from({ length: 20 }, (_, index) => `app${index}`);
    const { heard, failures } = await ask([...many, ...many]);
    expect([Object.keys(heard).length, heard.app7, failures]).toEqual([20, ['app7-v1'], []]);
    expect(asked.sort()).toEqual(many.toSorted());
    expect(await ask(['gone', 'app1'])).toMatchObject({
      heard: { app1: ['app1-v1'], app2: ['app2-v1'] },
      failures: [expect.stringContaining('there is no such repository') as unknown],
    });
    const remembered = readHeard(statePath);
    expect(remembered.size).toBe(20);
    expect((remembered.get(`${address}/app1`)?.asked ?? '') >= before).toBe(true);
  });

  it('lies in one file that its owner alone can read', () => {
    expect(readdirSync(directory)).toEqual(['state.db.upstream.json']);
    expect(statSync(join(directory, 'state.db.upstream.json')).mode & 0o777).toBe(0o600);
  });
});
