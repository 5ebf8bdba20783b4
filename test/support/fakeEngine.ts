import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { connectEngine, type Engine } from '../../src/docker/engine.ts';
import { temporaryDirectory } from './files.ts';

/** A container as the fake engine keeps it. */
type FakeContainer = {
  readonly name: string;
  readonly body: Record<string, unknown> & {
    Labels?: Record<string, string>;
    HostConfig?: { PortBindings?: unknown };
  };
  status: 'created' | 'running' | 'exited';
  policy: string;
};

/** What a test makes of a call before the engine sees it: an answer of its own, silence, or a cut connection. */
export type Interference =
  { readonly status: number; readonly message?: string } | 'silence' | 'cut' | undefined;

export type FakeEngine = {
  readonly engine: Engine;
  readonly socket: string;
  /** What it was asked to change, in order, such as `create webapp-stack1-app1`; questions are left out. */
  readonly calls: string[];
  readonly containers: Map<string, FakeContainer>;
  readonly images: Set<string>;
  /** Asked before every call, questions too. */
  interfere: (call: string) => Interference;
  /** What a pull answers, inside HTTP 200. */
  pullAnswer: string;
  /** The HEALTHCHECK its containers have; null leaves them without one. */
  health: string | null;
  /** The user that its images name; '' is root. */
  user: string;
  /** What else it says of itself. */
  info: object;
  id: string;
  /** Changes the answer to an inspection. */
  distort: (answer: Record<string, unknown>) => Record<string, unknown>;
};

/** Imitates the few calls of the Engine API that cmanage makes, on a socket of its own. To be called at the top of a file. */
export function fakeEngines(): (name: string) => Promise<FakeEngine> {
  const directory = temporaryDirectory();
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  let count = 0;
  return async (name) => {
    const socket = join(directory, `${count++}.sock`);
    const transport = { kind: 'unix', socket } as const;
    const fake: FakeEngine = {
      engine: await connectEngine({ name, address: '127.0.0.1', parallel: 4, transport }),
      socket,
      calls: [],
      containers: new Map(),
      images: new Set(),
      interfere: () => undefined,
      pullAnswer: '{"status":"Pulling"}\n{"status":"Done"}\n',
      health: 'healthy',
      user: '',
      info: {},
      id: `engine of ${name}`,
      distort: (answer) => answer,
    };
    const server = createServer((request, response) => {
      void answer(fake, request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return fake;
  };
}

async function answer(fake: FakeEngine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  const call = nameOf(request.method ?? '', url);
  const instead = fake.interfere(call);
  if (request.method !== 'GET') fake.calls.push(call);
  if (instead === 'silence') return;
  if (instead === 'cut') {
    response.destroy();
    return;
  }
  const [status, body] = instead
    ? [instead.status, { message: instead.message ?? 'because of the test' }]
    : perform(fake, call, url, Buffer.concat(chunks));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body));
}

/** A call in words: `create NAME`, `start NAME`, `pull REPOSITORY@DIGEST`, … */
function nameOf(method: string, url: URL): string {
  const [, kind = '', ...rest] = decodeURIComponent(url.pathname).split('/');
  const [last = ''] = rest.slice(-1);
  const object = rest.slice(0, -1).join('/');
  if (kind === 'info') return 'info';
  if (kind === 'images' && method === 'POST') {
    return `pull ${url.searchParams.get('fromImage') ?? ''}@${url.searchParams.get('tag') ?? ''}`;
  }
  if (kind === 'images') return `image ${object}`;
  if (last === 'create') return `create ${url.searchParams.get('name') ?? ''}`;
  if (method === 'DELETE') return `remove ${last}`;
  if (last === 'json' && object === '') return 'list';
  return `${last === 'json' ? 'inspect' : last} ${object}`;
}

type Answer = [status: number, body: unknown];

const done: Answer = [204, null];
const notFound: Answer = [404, { message: 'No such container' }];

function perform(fake: FakeEngine, call: string, url: URL, body: Buffer): Answer {
  const [verb = '', object = ''] = call.split(' ');
  switch (verb) {
    case 'info':
      return [200, { ID: fake.id, ...fake.info }];
    case 'list':
      return [200, []];
    case 'image':
      return fake.images.has(object)
        ? [200, { Id: object, Config: { User: fake.user } }]
        : [404, { message: 'No such image' }];
    case 'pull':
      if (!fake.pullAnswer.includes('"error"')) fake.images.add(object);
      return [200, fake.pullAnswer];
    case 'create':
      return create(fake, object, body);
    default:
      return onContainer(fake, verb, object.replace(/^id-/, ''), url);
  }
}

function create(fake: FakeEngine, name: string, body: Buffer): Answer {
  if (fake.containers.has(name)) return [409, { message: `The container name "/${name}" is already in use` }];
  const parsed = JSON.parse(body.toString('utf8')) as FakeContainer['body'];
  fake.containers.set(name, { name, body: parsed, status: 'created', policy: 'always' });
  return [201, { Id: `id-${name}`, Warnings: [] }];
}

function onContainer(fake: FakeEngine, verb: string, name: string, url: URL): Answer {
  const container = fake.containers.get(name);
  if (!container) return notFound;
  switch (verb) {
    case 'inspect':
      return [200, fake.distort(inspection(fake, container))];
    case 'start':
      if (container.status === 'running') return [304, null];
      container.status = 'running';
      return done;
    case 'stop':
      if (container.status !== 'running') return [304, null];
      container.status = 'exited';
      return done;
    case 'update':
      container.policy = container.policy === 'always' ? 'no' : 'always';
      return [200, { Warnings: [] }];
    case 'remove':
      fake.containers.delete(name);
      return done;
    case 'archive':
      return url.searchParams.get('path') === '/' ? [200, null] : [400, { message: 'which path?' }];
    case 'logs':
      return [200, ''];
    default:
      return [404, { message: 'page not found' }];
  }
}

function inspection(
  fake: FakeEngine,
  { name, body, status, policy }: FakeContainer,
): Record<string, unknown> {
  const health = fake.health === null ? {} : { Health: { Status: fake.health } };
  return {
    Id: `id-${name}`,
    Name: `/${name}`,
    RestartCount: 0,
    Config: { Labels: body.Labels ?? {} },
    State: { Status: status, Running: status === 'running', Restarting: false, ExitCode: 0, ...health },
    HostConfig: { RestartPolicy: { Name: policy } },
    NetworkSettings: { Ports: body.HostConfig?.PortBindings ?? {} },
  };
}
