import type { Server } from './routes.ts';

/** What a running HAProxy answers to the commands of its runtime API, as text; tried with 2.6.12. */

/** A server as it runs; its weight is the one in effect, which is not always the one in the file. */
export type RunningServer = Server & {
  /** `drain` takes no new requests, `maint` neither new requests nor health checks. */
  readonly state: 'ready' | 'drain' | 'maint';
  /** Whether the health checks hold it for able to answer; a server without a verdict yet is up, one in maint never is. */
  readonly up: boolean;
};

/** A session that came in from a client and has been given to a backend. */
export type Session = {
  /** What `shutdown session` takes. */
  readonly id: string;
  /** The port the client connected to. */
  readonly port: number;
  readonly backend: string;
};

/** A server before and after a change, null where it is not there, and what HAProxy said to it. */
export type Change = {
  readonly before: RunningServer | null;
  readonly after: RunningServer | null;
  readonly said: string;
};

export type MapEntry = { readonly reference: string; readonly key: string; readonly value: string };

/** Bits of srv_admin_state: forced, inherited, configured and resolver maintenance; forced and inherited drain. */
const maintBits = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;
const drainBits = 0x08 | 0x10;

/** A table of `show servers state`; an empty line ends it. */
const table = /^1\n# (be_id .*)\n((?:\d+ .*\n)*)/gm;

/**
 * The servers in the last `show servers state` of an answer: by backend, in HAProxy's order. A backend without a server
 * does not appear; null where the answer has no such table, as for a backend that does not exist.
 */
export function parseServers(answer: string): ReadonlyMap<string, readonly RunningServer[]> | null {
  const [, header = '', rows = ''] = [...answer.matchAll(table)].at(-1) ?? [];
  if (header === '') return null;
  const columns = header.split(' ');
  const servers = new Map<string, RunningServer[]>();
  for (const row of rows.split('\n').slice(0, -1)) {
    const words = row.split(' ');
    const field = (name: string): string => words[columns.indexOf(name)] ?? '';
    const backend = field('be_name');
    servers.set(backend, [...(servers.get(backend) ?? []), readServer(field)]);
  }
  return servers;
}

/**
 * What commands between two `show servers state` of one backend did to one of its servers; null where there is no such
 * backend. Commands that went well say nothing or a word of success; errors are text without a status, in `said`.
 */
export function parseChange(answer: string, server: string): Change | null {
  const [first, second] = [...answer.matchAll(table)];
  if (!first || !second) return null;
  const serverIn = (text: string): RunningServer | null =>
    [...(parseServers(text)?.values() ?? [])].flat().find(({ name }) => name === server) ?? null;
  const between = answer.slice(first.index + first[0].length, second.index);
  return { before: serverIn(first[0]), after: serverIn(second[0]), said: sentenceOf(between) };
}

/** Lines as one sentence, without the full stop at its end. */
function sentenceOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .join(' ')
    .replace(/\.+$/, '');
}

function readServer(field: (name: string) => string): RunningServer {
  const admin = Number(field('srv_admin_state'));
  return {
    name: field('srv_name'),
    address: field('srv_addr'),
    port: Number(field('srv_port')),
    weight: Number(field('srv_uweight')),
    state: admin & maintBits ? 'maint' : admin & drainBits ? 'drain' : 'ready',
    up: field('srv_op_state') !== '0',
  };
}

/**
 * How many requests a server has, running and waiting for it, by a `show stat`; null where it is not listed. Pooled
 * idle connections to a server are no sessions and are not counted.
 */
export function parseLoad(answer: string, server: string): number | null {
  const lines = answer.split('\n');
  const start = lines.findIndex((line) => line.startsWith('# pxname,'));
  const columns = (lines[start] ?? '').slice(2).split(',');
  for (const line of lines.slice(start + 1)) {
    const words = line.split(',');
    const field = (name: string): string => words[columns.indexOf(name)] ?? '';
    if (field('svname') === server) return Number(field('scur')) + Number(field('qcur'));
  }
  return null;
}

/** The entries of a `show map`, in HAProxy's order; of several with one key the first is in effect. */
export function parseMap(answer: string): MapEntry[] {
  return [...answer.matchAll(/^(0x[0-9a-f]+) (\S+) (\S+)$/gm)].map(
    ([, reference = '', key = '', value = '']) => ({ reference, key, value }),
  );
}

/**
 * The sessions of a `show sess all` that have a backend. A kept-alive HTTP connection between two requests is no
 * session and is not listed at all; the next request on it chooses its backend anew.
 */
export function parseSessions(answer: string): Session[] {
  return answer.split(/^(?=0x[0-9a-f]+: \[)/m).flatMap((part): Session[] => {
    const id = /^(0x[0-9a-f]+): /.exec(part)?.[1];
    const port = /^ {2}frontend=.*, listener=.* addr=\S+:(\d+)$/m.exec(part)?.[1];
    const backend = /^ {2}backend=(\S+) /m.exec(part)?.[1];
    if (id === undefined || port === undefined || backend === undefined || backend === '<NONE>') return [];
    return [{ id, port: Number(port), backend }];
  });
}

/** The answer to `show env CMANAGE_GENERATION`, as the last of an answer's parts; undefined where it is missing. */
export function parseGeneration(answer: string): string | null | undefined {
  const match = /^(?:CMANAGE_GENERATION=(\S*)|Variable not found)\s*$(?![^])/m.exec(answer);
  return match ? (match[1] ?? null) : undefined;
}
