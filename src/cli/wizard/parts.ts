import { lookup } from 'node:dns/promises';
import {
  connectionOf,
  faultIn,
  type BalancerDraft,
  type Draft,
  type HostDraft,
  type RegistryDraft,
} from '../../config/draft.ts';
import { isAddress, isName, nameRule } from '../../model/names.ts';
import { askFor, choose, isYes, type Asker, type Fault } from './asking.ts';
import { tryBalancer, tryEngine, tryRegistry, type Trial } from './trials.ts';

/** The parts of an environment that are asked for one by one; each is tried at once. */
export type Parts = Pick<Draft, 'hosts' | 'balancers' | 'registries'>;

const nothing: Parts = { hosts: [], balancers: [], registries: [] };
const usualSocket = 'unix:///var/run/docker.sock';
/** What an address is while it is not asked for yet. */
const someAddress = '192.0.2.1';

/** Asks for hosts until no more is named; there is one at least. */
export async function askForHosts(asker: Asker, directory: string): Promise<HostDraft[]> {
  const hosts: HostDraft[] = [];
  for (;;) {
    const names = hosts.map((host) => host.name);
    const question =
      names.length === 0 ? 'Name of the first Docker host' : 'Name of another one (Enter for no more)';
    const name = await askFor(asker, question, names.length === 0 ? 'docker01' : '', newName(names));
    if (name === '') return hosts;
    const host = await untilKept(
      asker,
      (before: HostDraft | null) => askForHost(asker, name, before),
      (draft) => {
        const [engine] = connectionOf({ ...nothing, hosts: [draft] }, directory).engines;
        return engine ? tryEngine(engine) : null;
      },
    );
    if (host) hosts.push(host);
  }
}

async function askForHost(asker: Asker, name: string, before: HostDraft | null): Promise<HostDraft> {
  const faultOf = (host: Omit<HostDraft, 'name'>): string | null =>
    faultIn({ ...nothing, hosts: [{ name, ...host }] });
  const engine = await askFor(
    asker,
    '  Its engine: unix:///path, tcp://HOST:PORT or ssh://USER@HOST',
    before?.engine ?? usualSocket,
    (text) => faultOf({ engine: text, address: someAddress, tls: null }),
  );
  const tls = engine.startsWith('tcp:') ? await askForTls(asker, before) : null;
  const guess = before?.engine === engine ? before.address : await addressOf(engine);
  const address = await askFor(
    asker,
    '  IPv4 address at which load balancers reach its containers',
    guess,
    (text) => faultOf({ engine, address: text, tls }),
  );
  return { name, engine, address, tls };
}

async function askForTls(asker: Asker, before: HostDraft | null): Promise<HostDraft['tls']> {
  asker.say(
    '  Mutual TLS; relative paths begin at hosts.yml. A - as the first one goes without, for trying out only.',
  );
  const usual = before?.tls ?? { ca: 'tls/ca.pem', cert: 'tls/cert.pem', key: 'tls/key.pem' };
  const path: Fault = (text) =>
    /^[A-Za-z0-9_./@:+,-]{1,200}$/.test(text) ? null : 'give a path of letters, digits and _ . / @ : + , -';
  const ca = await askFor(asker, "  Certificate of the engine's authority", usual.ca, path);
  if (ca === '-') return null;
  const cert = await askFor(asker, '  Certificate of cmanage', usual.cert, path);
  return { ca, cert, key: await askFor(asker, '  Its key', usual.key, path) };
}

/** The address of an engine's host; this machine's own for a socket, nothing where its name cannot be looked up. */
async function addressOf(engine: string): Promise<string> {
  if (engine.startsWith('unix:')) return '127.0.0.1';
  const [, host = ''] = /^(?:tcp|ssh):\/\/(?:[^@/]*@)?([^:/]+)/.exec(engine) ?? [];
  if (isAddress(host)) return host;
  return lookup(host, 4).then(
    ({ address }) => address,
    () => '',
  );
}

/** Asks for one load balancer, or none. */
export async function askForBalancers(asker: Asker): Promise<BalancerDraft[]> {
  const question = 'Name of the load balancer, which runs HAProxy (- for none)';
  const name = await askFor(asker, question, 'lb01', (text) => (text === '-' ? null : newName([])(text)));
  if (name === '-') return [];
  const balancer = await untilKept<BalancerDraft>(
    asker,
    (before) => askForBalancer(asker, name, before),
    (draft) => {
      const [connection] = connectionOf({ ...nothing, hosts: [standIn], balancers: [draft] }, '/').balancers;
      return connection ? tryBalancer(connection) : null;
    },
  );
  return balancer ? [balancer] : [];
}

/** A load balancer alone is no hosts.yml. */
const standIn: HostDraft = { name: 'host', engine: usualSocket, address: someAddress, tls: null };

async function askForBalancer(
  asker: Asker,
  name: string,
  before: BalancerDraft | null,
): Promise<BalancerDraft> {
  const usual: BalancerDraft = before ?? {
    ...{ name, address: null, config: '/etc/haproxy/haproxy.cfg', run: [] },
    ...{ masterSocket: '/run/haproxy/master.sock', statsSocket: '/run/haproxy/stats.sock' },
  };
  const faultOf =
    (field: (text: string) => Partial<BalancerDraft>): Fault =>
    (text) =>
      faultIn({ ...nothing, hosts: [standIn], balancers: [{ ...usual, ...field(text) }] });
  const words = (text: string): string[] => (text === '-' ? [] : text.split(/ +/));
  const run = await askFor(
    asker,
    '  Words before commands on its machine, such as ssh lb01 (- for this machine)',
    usual.run.join(' ') || '-',
    faultOf((text) => ({ run: words(text) })),
  );
  const address = await askFor(
    asker,
    '  Public IPv4 address of endpoints (- for all addresses)',
    usual.address ?? '-',
    faultOf((text) => ({ address: text === '-' ? null : text })),
  );
  const config = await askFor(
    asker,
    '  Its configuration, which cmanage writes',
    usual.config,
    faultOf((text) => ({ config: text })),
  );
  const masterSocket = await askFor(
    asker,
    '  Its master socket',
    usual.masterSocket,
    faultOf((text) => ({ masterSocket: text })),
  );
  const statsSocket = await askFor(
    asker,
    '  Its stats socket',
    usual.statsSocket,
    faultOf((text) => ({ statsSocket: text })),
  );
  return {
    name,
    address: address === '-' ? null : address,
    config,
    masterSocket,
    statsSocket,
    run: words(run),
  };
}

/** Asks for registries that need an entry until no more is named. */
export async function askForRegistries(asker: Asker): Promise<RegistryDraft[]> {
  const registries: RegistryDraft[] = [];
  for (;;) {
    const faultOf = (address: string): string | null =>
      address === ''
        ? null
        : faultIn({ ...nothing, hosts: [standIn], registries: [{ address, insecure: false }] });
    const address = await askFor(
      asker,
      'A registry of your own, as HOST or HOST:PORT (Enter for no more)',
      '',
      faultOf,
    );
    if (address === '') return registries;
    const registry = await untilKept(
      asker,
      async (): Promise<RegistryDraft> => ({
        address,
        insecure: !(await isYes(asker, '  Does it speak TLS? y/n', 'y')),
      }),
      (draft) => tryRegistry({ ...draft, credentials: null }),
    );
    if (registry) registries.push(registry);
  }
}

/**
 * Asks for a part and tries it, until it is well or kept as it is; null where it is left out. `askOnce` is given what was
 * answered before.
 */
async function untilKept<Part>(
  asker: Asker,
  askOnce: (before: Part | null) => Promise<Part>,
  attempt: (part: Part) => Promise<Trial> | null,
): Promise<Part | null> {
  let part = await askOnce(null);
  for (;;) {
    const trial = await attempt(part);
    if (!trial) return part;
    asker.say(`  ${trial.isWell ? 'ok' : 'PROBLEM'}: ${trial.fact}`);
    for (const remedy of trial.remedies) asker.say(`    -> ${remedy}`);
    if (trial.isWell) return part;
    const letter = await choose(asker, '  Try again, change it, keep it as it is, leave it out? t/c/k/l', [
      't',
      'c',
      'k',
      'l',
    ]);
    if (letter === 'k') return part;
    if (letter === 'l') return null;
    if (letter === 'c') part = await askOnce(part);
  }
}

function newName(taken: readonly string[]): Fault {
  return (text) => {
    if (text === '' && taken.length > 0) return null;
    if (taken.includes(text)) return 'there is one by that name already';
    return isName(text) ? null : `use ${nameRule}`;
  };
}
