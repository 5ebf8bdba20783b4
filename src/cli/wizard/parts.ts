import {
  connectionOf,
  faultIn,
  type BalancerDraft,
  type HostDraft,
  type RegistryDraft,
} from '../../config/draft.ts';
import { askFor, isYes, type Asker, type Fault } from './asking.ts';
import { newName, nothing, someAddress, untilKept, usualSocket } from './part.ts';
import { tryBalancer, tryRegistry } from './trials.ts';

/** Asks for one load balancer, or none. */
export async function askForBalancers(asker: Asker): Promise<BalancerDraft[]> {
  const question = 'Name of the load balancer, which runs HAProxy (- for none)';
  const name = await askFor(asker, question, 'lb01', (text) => (text === '-' ? null : newName([])(text)));
  if (name === '-') return [];
  const balancer = await untilKept<BalancerDraft>(
    asker,
    (before) => askForBalancer(asker, name, before),
    async (draft) => {
      const [connection] = connectionOf({ ...nothing, hosts: [standIn], balancers: [draft] }, '/').balancers;
      if (!connection) throw new Error(`the draft of ${name} has no load balancer`);
      return tryBalancer(connection);
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
    const address = await askForAddress(asker, '');
    if (address === '') return registries;
    const registry = await untilKept<RegistryDraft>(
      asker,
      async (before) => ({
        address: before === null ? address : await askForAddress(asker, before.address),
        insecure: !(await isYes(asker, '  Does it speak TLS? y/n', before?.insecure === true ? 'n' : 'y')),
      }),
      (draft) => tryRegistry({ ...draft, credentials: null }),
    );
    if (registry) registries.push(registry);
  }
}

function askForAddress(asker: Asker, before: string): Promise<string> {
  const question =
    before === ''
      ? 'A registry of your own, as HOST or HOST:PORT (Enter for no more)'
      : '  Its address, as HOST or HOST:PORT';
  return askFor(asker, question, before, (address) => {
    const entry = { address, insecure: false };
    return address === '' ? null : faultIn({ ...nothing, hosts: [standIn], registries: [entry] });
  });
}
