import { z } from 'zod';
import type { Connection, EngineTransport } from '../model/connection.ts';
import type { Host, LinkPorts, LoadBalancer } from '../model/environment.ts';
import { isAddress, isName, nameRule } from '../model/names.ts';

/** hosts.yml: the Docker hosts, the load balancers and the registries. */

const name = z.string().refine(isName, `use ${nameRule}`);
const address = z.string().refine(isAddress, 'give an IPv4 address such as 192.0.2.11');
/** A path that can stand in HAProxy's configuration and in a shell script between single quotes. */
const path = z
  .string()
  .regex(/^[A-Za-z0-9_./@:+,-]{1,200}$/, 'give a path of letters, digits and _ . / @ : + , -');
/** A path on the load balancer's machine, which is not always this one. */
const absolutePath = path.refine((text) => text.startsWith('/'), 'give a path that begins with /');
const word = z.string().regex(/^[A-Za-z0-9_./@:=+,-]{1,200}$/, 'give one word without blanks or quotes');

const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'give two ports, such as 20000-20999')
  .transform((text) => {
    const [from = 0, to = 0] = text.split('-').map(Number);
    return { from, to };
  })
  .refine(
    ({ from, to }) => from >= 1 && to <= 65535 && from <= to,
    'give two ports from 1 to 65535, the lower one first',
  );

/** A label stands in rules.yml as KEY=VALUE. */
const labelKey = z.string().regex(/^[A-Za-z0-9_.-]{1,63}$/, 'give a key of letters, digits and _ . -');
const labelValue = z
  .string()
  .regex(/^[A-Za-z0-9_./:-]{0,63}$/, 'give a text of letters, digits and _ . / : -');

const host = z
  .strictObject({
    engine: z.string(),
    address,
    tls: z.strictObject({ ca: path, cert: path, key: path }).optional(),
    insecure: z.boolean().default(false),
    ports: portRange.default({ from: 20000, to: 29999 }),
    max_containers: z.int().min(1).max(10_000).optional(),
    labels: z.record(labelKey, labelValue).default({}),
    placement: z.boolean().default(true),
    parallel: z.int().min(1).max(64).default(6),
  })
  .transform((entry, context) => {
    const transport = transportOf(entry);
    if (typeof transport !== 'string') return { ...entry, transport };
    context.addIssue({ code: 'custom', path: ['engine'], message: transport });
    return z.NEVER;
  });

const wrongPort = 'give a port from 1 to 65535';

function isPort(text: string | undefined): boolean {
  return Number(text) >= 1 && Number(text) <= 65535;
}

type HostEntry = {
  engine: string;
  tls?: { ca: string; cert: string; key: string } | undefined;
  insecure: boolean;
};

const sshPattern =
  /^ssh:\/\/((?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?(\/[A-Za-z0-9_./@+,-]{1,200})?$/;

/** Where an engine listens unless it was told otherwise. */
const usualSocket = '/var/run/docker.sock';

/** The way to an engine, or what is wrong with it. Plain TCP must be asked for, because anyone could answer there. */
function transportOf({ engine, tls, insecure }: HostEntry): EngineTransport | string {
  const unix = /^unix:\/\/(\/[A-Za-z0-9_./@:+,-]{1,200})$/.exec(engine);
  if (unix?.[1] !== undefined) return { kind: 'unix', socket: unix[1] };
  const tcp = /^tcp:\/\/([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(engine);
  if (tcp?.[1] !== undefined) {
    const [, tcpHost, port] = tcp;
    if (!isPort(port)) return wrongPort;
    if (tls) return { kind: 'tls', host: tcpHost, port: Number(port), ...tls };
    if (insecure) return { kind: 'plain', host: tcpHost, port: Number(port) };
    return 'plain TCP lets anyone be this host: add tls: { ca, cert, key }, or say insecure: true';
  }
  const ssh = sshPattern.exec(engine);
  if (ssh?.[1] !== undefined) {
    const [, destination, port, socket] = ssh;
    if (port !== undefined && !isPort(port)) return wrongPort;
    return {
      kind: 'ssh',
      destination,
      port: port === undefined ? null : Number(port),
      socket: socket ?? usualSocket,
    };
  }
  return 'give unix:///path, tcp://HOST:PORT or ssh://USER@HOST';
}

const balancer = z.strictObject({
  address: address.optional(),
  config: absolutePath,
  master_socket: absolutePath,
  stats_socket: absolutePath,
  program: word.default('haproxy'),
  run: z.array(word).default([]),
  drain_limit: z.int().min(1).max(3600).default(30),
});

const registry = z.strictObject({ insecure: z.boolean().default(false), credentials: path.optional() });

/** Where containers reach the services they call. The thesis began its link ports at 10000. */
const links = z.strictObject({
  address: address.optional(),
  http: portRange.default({ from: 10000, to: 11999 }),
  tcp: portRange.default({ from: 12000, to: 12499 }),
});

export const hostsSchema = z.strictObject({
  hosts: z.record(name, host).refine((hosts) => Object.keys(hosts).length > 0, 'name at least one host'),
  loadbalancers: z.record(name, balancer).default({}),
  links: links.prefault({}),
  registries: z
    .record(z.string().regex(/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/, 'give HOST or HOST:PORT'), registry)
    .default({}),
});

type HostsFile = z.output<typeof hostsSchema>;

/** The hosts and load balancers as the pure core sees them, and how each is reached. `resolve` makes paths absolute. */
export function readHosts(
  file: HostsFile,
  resolve: (path: string) => string,
): { hosts: Host[]; loadBalancers: LoadBalancer[]; links: LinkPorts; connection: Connection } {
  const hosts = Object.entries(file.hosts);
  const balancers = Object.entries(file.loadbalancers);
  return {
    hosts: hosts.map(([name, entry]) => ({
      name,
      address: entry.address,
      ports: entry.ports,
      maxContainers: entry.max_containers ?? null,
      labels: entry.labels,
      placement: entry.placement,
    })),
    loadBalancers: balancers.map(([name, entry]) => ({
      name,
      address: entry.address ?? null,
      statsSocket: entry.stats_socket,
      linkMap: linkMapOf(entry.config),
      drainLimit: entry.drain_limit,
    })),
    links: {
      ...file.links,
      address: file.links.address ?? balancers.map(([, entry]) => entry.address)[0] ?? null,
    },
    connection: {
      engines: hosts.map(([name, { address, parallel, transport }]) => ({
        name,
        address,
        parallel,
        transport: absolute(transport, resolve),
      })),
      balancers: balancers.map(([name, entry]) => ({
        name,
        run: entry.run,
        config: entry.config,
        linkMap: linkMapOf(entry.config),
        masterSocket: entry.master_socket,
        program: entry.program,
      })),
      registries: Object.entries(file.registries).map(([address, entry]) => ({
        address,
        insecure: entry.insecure,
        credentials: entry.credentials === undefined ? null : resolve(entry.credentials),
      })),
    },
  };
}

/** One of its own for each configuration, as two may lie in one directory. */
function linkMapOf(config: string): string {
  return `${config}.links.map`;
}

function absolute(transport: EngineTransport, resolve: (path: string) => string): EngineTransport {
  if (transport.kind !== 'tls') return transport;
  return {
    ...transport,
    ca: resolve(transport.ca),
    cert: resolve(transport.cert),
    key: resolve(transport.key),
  };
}
