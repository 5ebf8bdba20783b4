import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { imageTime } from '../../src/docker/imageTime.ts';
import { HostError, UserError } from '../../src/model/errors.ts';
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { temporaryDirectory } from '../support/files.ts';

const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [index, amd64, arm64, config] = ['a', 'b', 'c', 'd'].map(digestOf);
const manifest = { config: { digest: config } };
const platform = (os: string, architecture: string, digest = amd64) => ({
  digest,
  platform: { os, architecture },
});

/** An answer whose connection is lost in its middle. */
const cutOff = Symbol('cut off');
/** What the registry answers to each path; a text is sent as it stands. */
let answers: Record<string, unknown> = {};
let asked: string[] = [];
let status = 200;
let registry: FakeRegistry;

function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const path = url.replace('/v2/team/webapp/', '');
  asked.push(`${method ?? ''} ${path}`);
  if (path.startsWith('manifests/')) expect(headers.accept).toContain('vnd.oci.image.index.v1+json');
  const body = answers[path];
  if (body === cutOff) {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('{"created":', () => response.destroy());
    return;
  }
  response.statusCode = body === undefined ? 404 : status;
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const directory = temporaryDirectory();
beforeAll(async () => {
  process.env.DOCKER_CONFIG = directory;
  registry = await startFakeRegistry('127.0.0.1', answer);
});
afterAll(() => {
  delete process.env.DOCKER_CONFIG;
  registry.close();
});
beforeEach(() => {
  [answers, asked, status] = [{}, [], 200];
});

function time(digest = index ?? ''): Promise<string> {
  const known = [{ address: registry.address, insecure: true, credentials: null }];
  return imageTime(`${registry.address}/team/webapp`, digest, known);
}

/** A registry with one image for one platform, whose configuration is given. */
function single(given: unknown): void {
  answers = { [`manifests/${index}`]: manifest, [`blobs/${config}`]: given };
}

describe('imageTime', () => {
  it('is what the configuration of the image says', async () => {
    single({ created: '2026-11-20T10:00:00Z' });
    expect(await time()).toBe('2026-11-20T10:00:00.000Z');
    expect(asked).toEqual([`GET manifests/${index}`, `GET blobs/${config}`]);
  });

  it('of a registry that is lost in the middle of its answer is not known', async () => {
    single(cutOff);
    const asking = time();
    await expect(asking).rejects.toThrow(HostError);
    await expect(asking).rejects.toThrow(/looking up when .* was made: /);
  });

  it.each([
    ['2026-11-20T12:00:00+02:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:00.123456789Z', '2026-11-20T10:00:00.123Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ])('of %s is %s, in UTC', async (created, expected) => {
    single({ created });
    expect(await time()).toBe(expected);
  });

  it.each([
    [
      'linux/amd64',
      [platform('linux', 'arm64', arm64), platform('windows', 'amd64', arm64), platform('linux', 'amd64')],
    ],
    [
      'the first one where there is no linux/amd64',
      [platform('linux', 'riscv64'), platform('linux', 'arm64', arm64)],
    ],
    ['the first one where none says its platform', [{ digest: amd64 }, { digest: arm64 }]],
    ['the first one that is a manifest', [null, 7, { digest: amd64 }]],
  ])('of an image for several platforms is that of %s', async (_case, manifests) => {
    answers = {
      [`manifests/${index}`]: { manifests },
      [`manifests/${amd64}`]: manifest,
      [`blobs/${config}`]: { created: '2026-11-20T10:00:00Z' },
    };
    expect(await time()).toBe('2026-11-20T10:00:00.000Z');
    expect(asked).toEqual([`GET manifests/${index}`, `GET manifests/${amd64}`, `GET blobs/${config}`]);
  });

  it.each([
    {},
    { created: null },
    { created: 7 },
    { created: '' },
    { created: 'yesterday' },
    null,
    '<html>',
    [],
    7,
  ])('is not known where the configuration is %j', async (given) => {
    single(given);
    const failing = time();
    await expect(failing).rejects.toThrow(HostError);
    await expect(failing).rejects.toThrow('the image does not say when it was made');
  });

  it.each<[string, unknown]>([
    ['HTML', '<html>'],
    ['null', null],
    ['empty', ''],
    ['an object', {}],
    ['without a configuration', { config: {} }],
    ['with a digest that is a number', { config: { digest: 7 } }],
    ['with a digest that is none', { config: { digest: `x${digestOf('d')}` } }],
    ['with a digest that goes on', { config: { digest: `${digestOf('d')}/../../x` } }],
    ['an empty list', { manifests: [] }],
    ['a list of nonsense', { manifests: [{ digest: 'sha256:abc' }] }],
    ['no list', { manifests: 'all' }],
  ])('refuses a manifest that is %s, and asks for nothing more', async (_case, given) => {
    answers = { [`manifests/${index}`]: given };
    const failing = time();
    await expect(failing).rejects.toThrow(HostError);
    await expect(failing).rejects.toThrow(
      `looking up when ${registry.address}/team/webapp@${index} was made: the answer is no manifest`,
    );
    expect(asked).toEqual([`GET manifests/${index}`]);
  });

  it('refuses an answer that is too long', async () => {
    const most = 4 * 1024 * 1024;
    const padded = (length: number) => {
      const [head, tail] = ['{"created":"2026-11-20T10:00:00Z","x":"', '"}'];
      return `${head}${'x'.repeat(length - head.length - tail.length)}${tail}`;
    };
    single(padded(most));
    expect(await time()).toBe('2026-11-20T10:00:00.000Z');
    single(padded(most + 1));
    await expect(time()).rejects.toThrow('the answer is too long');
  });

  it.each([
    [404, HostError, 'it answers 404'],
    [500, HostError, 'it answers 500'],
    [403, UserError, 'access is denied'],
  ])('tells of an answer of %d', async (given, kind, expected) => {
    single({ created: '2026-11-20T10:00:00Z' });
    status = given;
    const failing = time();
    await expect(failing).rejects.toThrow(kind);
    await expect(failing).rejects.toThrow(expected);
  });

  it('tells of a configuration that is gone', async () => {
    answers = { [`manifests/${index}`]: manifest };
    await expect(time()).rejects.toThrow('it answers 404');
  });
});
