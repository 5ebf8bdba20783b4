import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectionOf, faultIn, type HostDraft } from '../../config/draft.ts';
import { isAddress } from '../../model/names.ts';
import { askFor, type Asker, type Fault } from './asking.ts';
import { newName, nothing, someAddress, untilKept, usualSocket } from './part.ts';
import { tryEngine, type Trial } from './trials.ts';

/** Asks for hosts until no more is named; there is one at least. */
export async function askForHosts(asker: Asker, directory: string): Promise<HostDraft[]> {
  const hosts: HostDraft[] = [];
  const engineIds = new Map<string, string>();
  for (;;) {
    const names = hosts.map((host) => host.name);
    const question =
      names.length === 0 ? 'Name of the first Docker host' : 'Name of another one (Enter for no more)';
    const name = await askFor(asker, question, names.length === 0 ? 'docker01' : '', newName(names));
    if (name === '') return hosts;
    const host = await untilKept(
      asker,
      (before: HostDraft | null) => askForHost(asker, directory, before ?? proposed(name, hosts)),
      async (draft) => {
        const [engine] = connectionOf({ ...nothing, hosts: [draft] }, directory).engines;
        if (!engine) throw new Error(`the draft of ${name} has no engine`);
        const trial = await tryEngine(engine);
        if (trial.engineId === undefined) return trial;
        engineIds.set(name, trial.engineId);
        const twin = names.find((other) => engineIds.get(other) === trial.engineId);
        return twin === undefined ? trial : sameEngine(name, twin);
      },
    );
    if (host) hosts.push(host);
  }
}

function sameEngine(name: string, twin: string): Trial {
  return {
    ...{ isWell: false, fact: `${name} is the same engine as ${twin}` },
    remedies: [
      'give that of another machine: stacks of one service are on different hosts, so that one may fail',
    ],
  };
}

/** What is usual for a host: as the last one is reached, with its own name in place of the other. */
function proposed(name: string, hosts: readonly HostDraft[]): HostDraft {
  const last = hosts.at(-1);
  const tls = hosts.findLast((host) => host.tls !== null)?.tls ?? null;
  if (!last) return { name, engine: usualSocket, address: '', tls };
  const engine = last.engine.includes(last.name) ? last.engine.replaceAll(last.name, name) : '';
  return { name, engine, address: '', tls };
}

async function askForHost(asker: Asker, directory: string, usual: HostDraft): Promise<HostDraft> {
  const { name } = usual;
  const faultOf = (host: Omit<HostDraft, 'name'>): string | null =>
    faultIn({ ...nothing, hosts: [{ name, ...host }] });
  const engine = await askFor(
    asker,
    '  Its engine: unix:///path, tcp://HOST:PORT or ssh://USER@HOST',
    usual.engine,
    (text) => faultOf({ engine: text, address: someAddress, tls: null }),
  );
  const tls = engine.startsWith('tcp:') ? await askForTls(asker, directory, usual.tls) : null;
  const guess = usual.engine === engine && usual.address !== '' ? usual.address : await addressOf(engine);
  const address = await askFor(
    asker,
    '  IPv4 address at which load balancers reach its containers',
    guess,
    (text) => faultOf({ engine, address: text, tls }),
  );
  return { name, engine, address, tls };
}

async function askForTls(
  asker: Asker,
  directory: string,
  before: HostDraft['tls'],
): Promise<HostDraft['tls']> {
  asker.say(
    '  Mutual TLS; relative paths begin at hosts.yml. A - as the first one goes without, for trying out only.',
  );
  const usual = before ?? { ca: 'tls/ca.pem', cert: 'tls/cert.pem', key: 'tls/key.pem' };
  const path = async (question: string, last: string, without: Fault): Promise<string> => {
    const answer = await askFor(asker, question, last, (text) => {
      if (text === '-') return without(text);
      return /^[A-Za-z0-9_./@:+,-]{1,200}$/.test(text)
        ? null
        : 'give a path of letters, digits and _ . / @ : + , -';
    });
    const file = resolve(directory, answer);
    if (answer !== '-' && !existsSync(file)) asker.say(`    ${file} is not there yet`);
    return answer;
  };
  const ca = await path("  Certificate of the engine's authority", usual.ca, () => null);
  if (ca === '-') return null;
  const both: Fault = () => 'an authority was given, so that it takes a certificate and its key, too';
  const cert = await path('  Certificate of cmanage', usual.cert, both);
  return { ca, cert, key: await path('  Its key', usual.key, both) };
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
