import { appLayer, busyboxLayer, nodeInImage, nodeLayer, pagesLayer, type Layer } from './layers.ts';
import {
  blobOf,
  ensureBlob,
  manifestType,
  putManifest,
  sharedRepository,
  tagExists,
  type Blob,
} from './registryApi.ts';

export type ImageOptions = {
  /** `webapp` is the Node service in lab/app; `tiny` a busybox that serves fixed pages. Default: webapp. */
  kind?: 'webapp' | 'tiny';
  /** The version that the service answers. Default: the tag. An old tag with a new version is a tag that moved. */
  version?: string;
  /**
   * Added to the image's environment: UNHEALTHY=1 never gets healthy, EXIT_AT_START=3 exits at once with code 3,
   * FAIL_SHARE=0.1 answers every tenth request with 500, its health page excepted.
   */
  env?: Record<string, string>;
  /** When the image says it was made (ISO 8601). Default: a fixed time that grows with the version. */
  created?: string;
  /** Gives the image a HEALTHCHECK every 0.5 s. Only for webapp. */
  healthcheck?: boolean;
};

type Sample = [repository: string, tag: string, options?: ImageOptions];

const webapp = 'larhauga/webapp';
const numbered = (repository: string, tags: string[], options?: ImageOptions): Sample[] =>
  tags.map((tag) => [repository, tag, options ?? {}]);

/** The images that every lab offers. v0.7 and later of webapp are there to be refused or to be watched. */
export const samples: Sample[] = [
  ...numbered(webapp, ['v0.1', 'v0.2', 'v0.3', 'v0.4', 'v0.5', 'v0.6']),
  [webapp, 'latest', { version: 'v0.6' }],
  [webapp, 'v0.7', { env: { UNHEALTHY: '1' } }],
  [webapp, 'v0.8', { env: { EXIT_AT_START: '3' } }],
  [webapp, 'v0.9', { healthcheck: true }],
  [webapp, 'v0.10', { env: { FAIL_SHARE: '0.1' } }],
  // By its own name, not its repository's last part, which is that of the service above it.
  ...numbered('training/webapp', ['v1', 'v2', 'v3'], { env: { SERVICE: 'training' } }),
  ...numbered('lab/ledger', ['v1', 'v2', 'v3']),
  ...numbered('lab/tiny', ['v1', 'v2', 'v3'], { kind: 'tiny' }),
  ['lab/broken', 'v0.4', { env: { UNHEALTHY: '1' } }],
  ['lab/exits', 'v0.4', { env: { EXIT_AT_START: '3' } }],
];

/**
 * Publishes the sample images whose tags are not there yet. Shared layers go first, once; then all repositories at the
 * same time, but one image of a repository after the other: the registry fails when one repository gets the same layer
 * twice at the same moment.
 */
export async function pushSamples(registry: string): Promise<void> {
  const shared = await Promise.all([nodeLayer(), busyboxLayer(), appLayer()]);
  await Promise.all(shared.map((layer) => ensureBlob(registry, sharedRepository, layer)));
  const repositories = new Set(samples.map(([repository]) => repository));
  await Promise.all([...repositories].map((repository) => pushRepository(registry, repository)));
}

async function pushRepository(registry: string, wanted: string): Promise<void> {
  for (const [repository, tag, options] of samples) {
    if (repository !== wanted || (await tagExists(registry, repository, tag))) continue;
    await pushImage(registry, repository, tag, options);
  }
}

/**
 * Builds an image and publishes it under a tag, replacing what the tag named before; `registry` is IP:PORT. Gives the
 * digest, which depends on the repository's last part, the options and this machine's Node, and on nothing else.
 */
export async function pushImage(
  registry: string,
  repository: string,
  tag: string,
  options: ImageOptions = {},
): Promise<string> {
  const service = repository.split('/').at(-1) ?? repository;
  const version = options.version ?? tag;
  const layers = await layersOf(service, version, options);
  const config = blobOf(Buffer.from(JSON.stringify(imageConfig(service, version, layers, options))));
  await Promise.all([...layers, config].map((blob) => ensureBlob(registry, repository, blob)));
  return putManifest(registry, repository, tag, manifestOf(config, layers));
}

async function layersOf(service: string, version: string, { kind }: ImageOptions): Promise<Layer[]> {
  if (kind === 'tiny') return Promise.all([busyboxLayer(), pagesLayer(service, version)]);
  return Promise.all([nodeLayer(), appLayer()]);
}

function manifestOf(config: Blob, layers: Layer[]): Record<string, unknown> {
  const describe = (mediaType: string, { size, digest }: Blob) => ({ mediaType, size, digest });
  return {
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('application/vnd.docker.container.image.v1+json', config),
    layers: layers.map((layer) => describe('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)),
  };
}

function imageConfig(
  service: string,
  version: string,
  layers: Layer[],
  options: ImageOptions,
): Record<string, unknown> {
  const env = { PATH: '/usr/local/bin:/bin', SERVICE: service, VERSION: version, ...options.env };
  const created = options.created ?? createdAt(version);
  return {
    created,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Cmd: options.kind === 'tiny' ? tinyCommand : [nodeInImage, '/app/server.mjs'],
      ExposedPorts: { '80/tcp': {} },
      ...(options.healthcheck ? { Healthcheck: healthcheck } : {}),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created, created_by: 'cmanage lab' })),
  };
}

/** httpd has no handler for SIGTERM, and process 1 gets no default one, so the shell ends it: no wait of 10 s at a stop. */
const tinyCommand = [
  '/bin/sh',
  '-c',
  'busybox httpd -f -p "${PORT:-80}" -h /www & trap "kill $!; exit 0" TERM INT; wait',
];

const probe = `require('http').get('http://127.0.0.1:' + (process.env.PORT || 80) + '/health', (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))`;

/** Durations in nanoseconds, as the image format wants them. */
const healthcheck = {
  Test: ['CMD', nodeInImage, '-e', probe],
  Interval: 500_000_000,
  Timeout: 2_000_000_000,
  Retries: 3,
};

/** A fixed time that grows with the version, one day per minor version; other version texts get the first day. */
function createdAt(version: string): string {
  const [major = 0, minor = 0] = (version.match(/\d+/g) ?? []).map(Number);
  return new Date(Date.UTC(2015, 0, 1 + 100 * major + minor)).toISOString();
}
