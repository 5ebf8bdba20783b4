import { createHash } from 'node:crypto';
import type { LoadBalancer } from '../model/environment.ts';
import type { Backend, Frontend, Routes } from './routes.ts';

/**
 * HAProxy's configuration as text, rendered from typed fields alone. The same routes give the same bytes, and the
 * generation (a hash of all the rest) is set in the worker's environment, so that after a reload the worker can be
 * asked which configuration it runs.
 */
export function render(routes: Routes, balancer: LoadBalancer): string {
  const body = [
    ...defaults(),
    ...routes.frontends.flatMap(renderFrontend),
    ...routes.backends.flatMap(renderBackend),
  ];
  const text = (generation: string): string => `${[...head(balancer, generation), ...body].join('\n')}\n`;
  return text(createHash('sha256').update(text('')).digest('hex').slice(0, 12));
}

/** The generation a rendered configuration sets, or null where the text was not rendered by cmanage. */
export function readGeneration(config: string): string | null {
  return /^ {4}setenv CMANAGE_GENERATION ([0-9a-f]{12})$/m.exec(config)?.[1] ?? null;
}

/** The servers a rendered configuration sends requests to, by their names, which are those of the containers. */
export function serversIn(config: string): string[] {
  return [...config.matchAll(/^ {4}server (\S+) /gm)].map((match) => match[1] ?? '');
}

function head(balancer: LoadBalancer, generation: string): string[] {
  return [
    '# Written by cmanage from its state. Edits are overwritten by the next change.',
    'global',
    `    stats socket ${word(balancer.statsSocket)} mode 600 level admin expose-fd listeners`,
    `    hard-stop-after ${balancer.drainLimit}s`,
    `    setenv CMANAGE_GENERATION ${generation}`,
    '',
  ];
}

/**
 * `idle-close-on-response` is what keeps a reload from losing requests on kept-alive connections: 240 reloads lost
 * 0 of 816,734 requests with it, 60 lost 127 to 230 of 170,000 without (shared/reliability.md). A connection that
 * fails is tried again, on the other server where there is one, so that a host's death costs a request at most time.
 */
function defaults(): string[] {
  return [
    'defaults',
    '    mode http',
    '    option idle-close-on-response',
    '    option redispatch 1',
    '    retries 3',
    '    retry-on conn-failure',
    '    timeout connect 2s',
    '    timeout client 60s',
    '    timeout server 60s',
    '    timeout http-keep-alive 10s',
    '    timeout queue 10s',
    '    default-server check inter 2s fastinter 500ms downinter 1s rise 2 fall 3',
    '',
  ];
}

function renderFrontend(frontend: Frontend): string[] {
  const uses = frontend.byHost.map(
    ({ url, backend }) => `    use_backend ${word(backend)} if { req.hdr(host),field(1,:) -i ${word(url)} }`,
  );
  return [
    `frontend ${word(frontend.name)}`,
    `    bind ${word(frontend.address ?? '*')}:${frontend.port}`,
    ...uses,
    ...(frontend.fallback === null ? [] : [`    default_backend ${word(frontend.fallback)}`]),
    '',
  ];
}

function renderBackend(backend: Backend): string[] {
  return [
    `backend ${word(backend.name)}`,
    '    balance roundrobin',
    ...(backend.healthPath === null
      ? []
      : ['    option httpchk', `    http-check send meth GET uri ${word(backend.healthPath)}`]),
    ...backend.servers.map(
      (server) => `    server ${word(server.name)} ${word(server.address)}:${server.port}`,
    ),
    '',
  ];
}

/** The last guard before text becomes configuration: whatever could end a word, a line or a quotation is a bug here. */
function word(text: string): string {
  if (text === '' || /[\s"'#\\$\u0000-\u001f\u007f]/.test(text)) {
    throw new Error(`not fit for HAProxy's configuration: ${JSON.stringify(text)}`);
  }
  return text;
}
