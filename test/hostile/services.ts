import type Docker from 'dockerode';
import { containerBody, label } from '../../src/docker/containerBody.ts';
import {
  createContainer,
  lastLines,
  removeContainer,
  startContainer,
  stopContainer,
} from '../../src/docker/containers.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { waitHealthy } from '../../src/docker/health.ts';
import { engineId, observe } from '../../src/docker/hosts.ts';
import { imageTime } from '../../src/docker/imageTime.ts';
import { pullImage } from '../../src/docker/images.ts';
import { listTags, resolveDigest } from '../../src/docker/registry.ts';
import { sight } from '../../src/docker/sight.ts';
import { specHash } from '../../src/plan/spec.ts';
import { makeSpec } from '../support/specs.ts';
import { hostileText, mutated, mutatedValue, oneOf, type Random } from './mutate.ts';
import { refuse, wrongText } from './verdict.ts';
import { printable } from '../../src/report/printable.ts';

/** Answers of an engine and of a registry. */

const spec = makeSpec();
const origin = { environment: 'this', operation: 1, step: 1 };
const body = containerBody(spec, origin);
const inspection = {
  ...{ Id: 'abc', Name: `/${spec.name}`, RestartCount: 0 },
  Config: {
    Hostname: spec.name,
    Image: spec.image,
    Labels: { ...body.Labels, [label.spec]: specHash(spec), [label.environment]: 'this' },
  },
  State: { Status: 'running', Running: true, Restarting: false, ExitCode: 0, Health: { Status: 'healthy' } },
  HostConfig: { ...body.HostConfig },
  NetworkSettings: {
    Ports: {
      [`${spec.settings.containerPort}/tcp`]: [{ HostIp: '0.0.0.0', HostPort: String(spec.hostPort) }],
    },
  },
};
const list = [
  { Id: 'abc', Names: [`/${spec.name}`], Labels: inspection.Config.Labels, State: 'running', Status: 'Up' },
];

/** An engine that answers each call by a sample, or by one that is spoiled. */
function engineThat(random: Random): Engine {
  const answer = (sample: unknown): Promise<unknown> => {
    const kind = random();
    if (kind < 0.35) return Promise.resolve(sample);
    if (kind < 0.8) return Promise.resolve(mutatedValue(random, sample));
    const statusCode = oneOf<unknown>(random, [304, 400, 404, 409, 500, 0, 'x', undefined]);
    return Promise.reject(
      Object.assign(new Error(`(HTTP code 409) unexpected - ${hostileText(random)} `), { statusCode }),
    );
  };
  const stream = (): Promise<unknown> => {
    const lines =
      random() < 0.5
        ? mutated(random, '{"status":"Pulling"}\n{"status":"Done","progressDetail":{}}\n')
        : `${JSON.stringify(mutatedValue(random, { error: 'x', errorDetail: {} }))}\n`;
    return Promise.resolve([Buffer.from(lines.slice(0, lines.length / 2)), lines.slice(lines.length / 2)]);
  };
  let looks = 0;
  const gone = (): Promise<never> => Promise.reject(Object.assign(new Error('gone'), { statusCode: 404 }));
  const container = {
    // Or a removal would be waited for until its deadline each time.
    inspect: () => (looks++ > 10 ? gone() : answer(inspection)),
    start: () => answer(null),
    stop: () => answer(null),
    update: () => answer({ Warnings: null }),
    remove: () => answer(null),
    logs: () => Promise.resolve(Buffer.from(hostileText(random))),
  };
  const docker = {
    info: () => answer({ ID: 'engine' }),
    listContainers: () => answer(list),
    getContainer: () => container,
    createContainer: () => answer({ Id: 'abc', Warnings: [] }),
    getImage: () => ({ inspect: () => answer({ Id: 'sha256:1', Created: '2026-01-01T00:00:00Z' }) }),
    createImage: stream,
  };
  return {
    name: 'docker01',
    address: '192.0.2.1',
    docker: docker as unknown as Docker,
    close: () => undefined,
  };
}

const engineCalls: readonly ((engine: Engine, signal: AbortSignal) => Promise<unknown>)[] = [
  (engine, signal) => createContainer(engine, spec, origin, signal),
  (engine, signal) => startContainer(engine, spec, signal),
  (engine) => stopContainer(engine, spec, 1, 'this'),
  (engine) => removeContainer(engine, spec, 'this'),
  (engine, signal) => waitHealthy(engine, spec, signal),
  (engine, signal) => pullImage(engine, 'registry.example.net/a@sha256:1', null, signal),
  (engine, signal) => engineId(engine, signal),
  (engine) => observe(engine, 'this'),
  (engine) => sight(engine, 'this', () => spec),
  (engine) => lastLines(engine, spec.name),
];

export async function tryEngine(random: Random): Promise<void> {
  const said = await oneOf(random, engineCalls)(engineThat(random), new AbortController().signal);
  // What is told of it goes through the same function as everything from outside.
  if (typeof said === 'string')
    refuse(wrongText(printable(said)) !== null, `it says ${JSON.stringify(said)}`);
}

const digest = `sha256:${'0'.repeat(64)}`;
const manifest = {
  manifests: [{ digest, platform: { os: 'linux', architecture: 'amd64' } }],
  config: { digest },
  created: '2026-01-01T00:00:00Z',
  tags: ['v1', 'v2'],
  token: 'abc',
};

/** Header values are sent byte by byte, and what Node refuses never arrives. */
function headersOf(random: Random): Headers {
  const headers = new Headers();
  const samples = {
    'docker-content-digest': digest,
    link: '</v2/a/tags/list?last=v2>; rel="next"',
    'www-authenticate': 'Bearer realm="https://auth.example.net/token",service="registry"',
  };
  for (const [name, sample] of Object.entries(samples)) {
    const value = random() < 0.5 ? sample : mutated(random, sample);
    if (random() < 0.3 && name === 'link') continue;
    const sent = value.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '');
    headers.set(name, sent);
  }
  return headers;
}

function answering(random: Random): typeof fetch {
  return (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    refuse(!['http:', 'https:'].includes(url.protocol), `it asks ${url.href}`);
    const isOurs = url.host === 'registry.example.net' || url.host === 'auth.example.net';
    // Where a registry sends its clients for a token is its affair; nothing else goes elsewhere.
    refuse(!isOurs && !url.searchParams.has('scope'), `it asks ${url.href}`);
    const status = random() < 0.6 ? 200 : oneOf(random, [401, 403, 404, 429, 500, 503]);
    const text =
      random() < 0.7
        ? JSON.stringify(mutatedValue(random, manifest))
        : mutated(random, JSON.stringify(manifest));
    return Promise.resolve(new Response(text, { status, headers: headersOf(random) }));
  };
}

const image = 'registry.example.net/a';
const registryCalls: readonly (() => Promise<unknown>)[] = [
  () => resolveDigest(image, 'v1', []),
  () => listTags(image, []),
  () => imageTime(image, digest, []),
];

export async function tryRegistry(random: Random): Promise<void> {
  const usual = globalThis.fetch;
  globalThis.fetch = answering(random);
  try {
    const told = await oneOf(random, registryCalls)();
    refuse(/[\u0000-\u001f]/.test(JSON.stringify(told)), 'a control character is believed');
  } finally {
    globalThis.fetch = usual;
  }
}
