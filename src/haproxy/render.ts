import { createHash } from 'node:crypto';
import type { LoadBalancer } from '../model/environment.ts';
import { isAddress } from '../model/names.ts';
import { backendLines, frontendLines, maintenanceLine, type Fingerprints } from './endpointLines.ts';
import type { Frontend } from './fronts.ts';
import { noteLines, withoutNotes } from './rowNotes.ts';
import type { Backend, LinkRoutes, Routes, Server } from './routes.ts';
import { word } from './word.ts';

/**
 * HAProxy's configuration as text, rendered from typed fields alone. The same routes give the same bytes. What only a
 * reload can change is told by the generation, a hash of it that is set in the worker's environment; servers and links
 * are left out of that, because they are changed in the running worker, to the effect of the file. The fingerprints of
 * certificates, where they are known, make another text of another content of their files, which a reload reads.
 */
export function render(routes: Routes, balancer: LoadBalancer, fingerprints: Fingerprints = {}): string {
  const { links } = routes;
  const body = [
    ...defaults(),
    ...(routes.backends.some(hasHostName) ? resolvers() : []),
    ...routes.frontends.flatMap((frontend) => renderFrontend(frontend, fingerprints)),
    ...(links === null ? [] : renderLinkFrontends(links)),
    ...routes.backends.flatMap(renderBackend),
    ...(links === null ? [] : renderLinks(links)),
    ...noteLines(routes.notes),
  ];
  const text = (generation: string): string =>
    `${[...head(balancer, generation, routes.drainLimit), ...body].join('\n')}\n`;
  return text(shapeOf(text('')));
}

/** A hash of all that only a reload can change; among that are servers with a host name, which is looked up at the start. */
function shapeOf(config: string): string {
  const shape = withoutNotes(config)
    .replace(/^ {4}server \S+ [\d.]+:\d+ .*\n/gm, '')
    .replace(/^# \d+ \S+\n/gm, '');
  return createHash('sha256').update(shape).digest('hex').slice(0, 12);
}

/** The generation a rendered configuration sets, or null where the text was not rendered by cmanage. */
export function readGeneration(config: string): string | null {
  return /^ {4}setenv CMANAGE_GENERATION ([0-9a-f]{12})$/m.exec(config)?.[1] ?? null;
}

/** What a rendered configuration has that is changed in a running HAProxy: servers by backend, and the link map. */
export type Contents = {
  readonly servers: ReadonlyMap<string, readonly Server[]>;
  /** The backend each port of the links leads to. */
  readonly links: ReadonlyMap<number, string>;
};

export function contentsOf(config: string): Contents {
  const servers = new Map<string, Server[]>();
  let backend: Server[] = [];
  for (const [, name, server] of config.matchAll(/^(?:backend (\S+)$| {4}server (.+)$)/gm)) {
    if (name !== undefined) servers.set(name, (backend = []));
    else backend.push(parseServer(server ?? ''));
  }
  const links = [...config.matchAll(/^# (\d+) (\S+)$/gm)].map(([, port, target = '']): [number, string] => [
    Number(port),
    target,
  ]);
  return { servers, links: new Map(links) };
}

function parseServer(line: string): Server {
  const [name = '', place = '', , weight] = line.split(' ');
  const [address = '', port] = place.split(':');
  return { name, address, port: Number(port), weight: Number(weight) };
}

/** The content of the file that HAProxy reads the link map from when it starts. */
export function linkMapIn(config: string): string {
  return [...contentsOf(config).links].map(([port, backend]) => `${port} ${backend}\n`).join('');
}

function head(balancer: LoadBalancer, generation: string, drainLimit: number): string[] {
  return [
    '# Written by cmanage from its state. Edits are overwritten by the next change.',
    'global',
    `    stats socket ${word(balancer.statsSocket)} mode 600 level admin expose-fd listeners`,
    `    hard-stop-after ${drainLimit}s`,
    `    setenv CMANAGE_GENERATION ${generation}`,
    '',
  ];
}

/** How servers are checked. `default-server` does not apply to one that is added to a running HAProxy (management.txt), which is given this. */
export const serverChecks = 'check inter 2s fastinter 500ms downinter 1s rise 2 fall 3';

/**
 * `idle-close-on-response` is what keeps a reload from losing requests on kept-alive connections: 240 reloads lost
 * 0 of 816,734 requests with it, 60 lost 127 to 230 of 170,000 without (shared/reliability.md). A connection that
 * fails is tried again, on the other server where there is one, so that a host's death costs a request at most time.
 * `http-request` is the time for a request's headers: clients that trickle them cannot hold connections for long.
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
    '    timeout http-request 30s',
    '    timeout http-keep-alive 10s',
    '    timeout queue 10s',
    '    timeout tunnel 3600s',
    '    timeout client-fin 30s',
    '    timeout server-fin 30s',
    maintenanceLine(),
    `    default-server ${serverChecks}`,
    '',
  ];
}

/** External services may have host names. An answer that DNS does not give, as for names in /etc/hosts, changes nothing. */
function resolvers(): string[] {
  return [
    'resolvers system',
    '    parse-resolv-conf',
    '    hold nx 24d',
    '    hold other 24d',
    '    hold refused 24d',
    '',
  ];
}

function hasHostName({ servers }: Backend): boolean {
  return servers.some(({ address }) => !isAddress(address));
}

function renderFrontend(frontend: Frontend, fingerprints: Fingerprints): string[] {
  return [`frontend ${word(frontend.name)}`, ...frontendLines(frontend, fingerprints), ''];
}

/** Each port of the links leads to the backend the map names; a port that it does not name leads nowhere. */
function renderLinkFrontends({ address, http, tcp, map }: LinkRoutes): string[] {
  const ranges = { http, tcp };
  return (['http', 'tcp'] as const).flatMap((mode) => [
    `frontend links-${mode}`,
    `    mode ${mode}`,
    `    bind ${word(address ?? '*')}:${ranges[mode].from}-${ranges[mode].to}`,
    `    use_backend %[dst_port,map_str(${word(map)})]`,
    ...(mode === 'tcp' ? tcpLines : []),
    '',
  ]);
}

function renderBackend(backend: Backend): string[] {
  return [
    `backend ${word(backend.name)}`,
    ...backendLines(backend.name, backend.options),
    ...(backend.healthPath === null
      ? []
      : ['    option httpchk', `    http-check send meth GET uri ${word(backend.healthPath)}`]),
    ...backend.servers.map(renderServer),
    '',
  ];
}

/** Dead sessions are noticed by TCP itself; and HAProxy warns of an option about HTTP where it is inherited. */
const tcpLines = ['    option clitcpka', '    no option idle-close-on-response'];

function renderServer({ name, address, port, weight }: Server): string {
  const words = [
    `    server ${word(name)} ${word(address)}:${port}`,
    `weight ${weight}`,
    ...(isAddress(address) ? [] : ['resolvers system init-addr last,libc,none']),
  ];
  return words.join(' ');
}

/** The link map, here for people and for the differ; the running HAProxy reads it from its own file. */
function renderLinks({ map, entries }: LinkRoutes): string[] {
  return [
    `# Links, as in ${word(map)}:`,
    ...[...entries].map(([port, { backend }]) => `# ${port} ${word(backend)}`),
  ];
}
