import { once } from 'node:events';
import { constants } from 'node:os';
import { pause } from '../../docker/deadline.ts';
import type { LogRequest } from '../../docker/logs.ts';
import { UserError } from '../../model/errors.ts';
import { containerNamed } from '../../model/lookup.ts';
import type { State } from '../../model/state.ts';
import { logLineWriter, type LogEntry } from '../../report/logLines.ts';
import { printable } from '../../report/printable.ts';
import { paint } from '../../report/style.ts';
import { loadState, readEnvironment } from '../../store/state.ts';
import { complain } from '../complain.ts';
import { exitCode } from '../exit.ts';
import { logReader, type LogNews, type LogReader, type LogSource } from './logSources.ts';
import { logTargets, type LogTarget } from './logTargets.ts';
import { mergeLines, type Merge } from './mergeLines.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { stopSignal, type StopSignal } from '../stopSignal.ts';

export type LogsOptions = CommonOptions & {
  readonly stage?: string;
  readonly follow?: boolean;
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly tail?: number | 'all';
};

/** Lines of each container that are told where neither --since nor --tail says how many. */
const usualTail = 100;
/** Milliseconds that a silent container is waited for while others have lines: not all hosts are equally far. */
const hold = 300;
/** Milliseconds between two looks whether other containers answer now. */
const betweenLooks = 2_000;

/**
 * `cmanage logs`: the lines of the containers of a service (or of those that a pattern names) on all hosts, in the order of their times. A
 * host that is away is told of once, and the others go on. Exit 4 where the lines of a host are missing, 7 where a container is not
 * there, 130 or 143 where it was interrupted. To follow has no other end than that, and so it is 0 there.
 */
export async function logs(service: string, options: LogsOptions): Promise<number> {
  const follow = options.follow === true;
  const session = await openSession(options, { write: false });
  const stop = stopSignal();
  const news = newsOn(follow);
  const reader = logReader(session.config.connection, news);
  const { stages } = session.config.environment.rules;
  const targetsIn = (state: State): LogTarget[] =>
    logTargets(state, stages, { service, stage: options.stage ?? null });
  try {
    const targets = targetsIn(session.state);
    if (targets.length === 0) throw nothingToRead(session.state, service);
    const merge = mergeLines<LogEntry>(follow ? hold : Infinity);
    const reading = makeReading(reader, merge, stop.signal);
    const print = printer(options, targets, stop);
    await reading.begin(targets, requestOf(options));
    if (!follow) merge.close();
    await Promise.all([
      printAll(merge, print),
      ...(follow ? [keepUp(session, reading, targetsIn, stop.signal).finally(merge.close)] : []),
    ]);
    const name = stop.received();
    // A terminal has shown ^C, and whatever comes next begins a line of its own.
    if (name === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n');
    return name === null || follow ? news.code() : 128 + constants.signals[name];
  } finally {
    stop.end();
    await reader.close();
    await session.close();
  }
}

function nothingToRead({ services }: State, service: string): UserError {
  const isThere = services.some(({ name }) => name === service);
  return new UserError(
    isThere
      ? `${service} has no container to read from: see 'cmanage show service ${service}'`
      : `there is no service ${service}: see 'cmanage show services'`,
  );
}

function requestOf({ follow = false, since, tail }: LogsOptions): LogRequest {
  return {
    follow,
    since: since === undefined ? null : new Date(since).toISOString(),
    tail: tail ?? (since === undefined ? usualTail : 'all'),
  };
}

/** Tells on standard error what is missing among the lines, each once, and which exit code says so. */
function newsOn(follow: boolean): LogNews & { readonly code: () => number } {
  const [away, wereAway, missing] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const say = (text: string): void => {
    complain('warning', printable(`cmanage: ${text}`));
  };
  return {
    away: (host, { message }) => {
      if (away.has(host)) return;
      say(`${message}; lines of ${host} are missing${follow ? ' until it answers again' : ''}`);
      away.add(host);
      wereAway.add(host);
    },
    back: (host) => {
      if (away.delete(host) && follow) say(`${host} answers again`);
    },
    missing: ({ name, host }) => {
      if (!missing.has(name)) say(`${name} is not on ${host}: see 'cmanage verify'`);
      missing.add(name);
    },
    code: () => {
      if (follow) return exitCode.done;
      if (wereAway.size > 0) return exitCode.failed;
      return missing.size > 0 ? exitCode.drift : exitCode.done;
    },
  };
}

type Reading = {
  /** Begins to read containers; their lines are merged once every engine has begun to answer. */
  readonly begin: (targets: readonly LogTarget[], request: LogRequest) => Promise<void>;
  readonly endAllBut: (wanted: ReadonlySet<string>) => void;
  readonly names: () => readonly string[];
};

function makeReading(reader: LogReader, merge: Merge<LogEntry>, signal: AbortSignal): Reading {
  const controllers = new Map<string, AbortController>();
  const start = (target: LogTarget, request: LogRequest): LogSource => {
    const controller = new AbortController();
    controllers.set(target.name, controller);
    return reader.read(target, request, AbortSignal.any([signal, controller.signal]));
  };
  return {
    begin: async (targets, request) => {
      const sources = targets.map((target) => start(target, request));
      await Promise.all(sources.map(({ opened }) => opened));
      for (const { lines } of sources) merge.add(lines);
    },
    endAllBut: (wanted) => {
      for (const [name, controller] of controllers) {
        if (wanted.has(name)) continue;
        controller.abort();
        controllers.delete(name);
      }
    },
    names: () => [...controllers.keys()],
  };
}

/** While lines are followed, containers come and go, and change their stage: what is to be seen is seen from then on. */
async function keepUp(
  { database, state }: Session,
  reading: Reading,
  targetsIn: (state: State) => readonly LogTarget[],
  signal: AbortSignal,
): Promise<void> {
  let [known, lookedAt] = [state, new Date().toISOString()];
  for (;;) {
    // It rejects only by the signal, which is the end.
    await pause(betweenLooks, signal).catch(() => undefined);
    if (signal.aborted) return;
    const now = new Date().toISOString();
    if ((await readEnvironment(database.source)).revision !== known.revision) {
      const before = known;
      known = await loadState(database.source);
      const targets = targetsIn(known);
      const names = new Set(reading.names());
      const wanted = new Set(targets.map(({ name }) => name));
      reading.endAllBut(wanted);
      const fresh = targets.filter(({ name }) => !names.has(name));
      const [moved, made] = [true, false].map((isOld) =>
        fresh.filter(({ name }) => (containerNamed(before, name) !== undefined) === isOld),
      );
      const all: LogRequest = { follow: true, since: null, tail: 'all' };
      await Promise.all([
        reading.begin(made ?? [], all),
        reading.begin(moved ?? [], { ...all, since: lookedAt }),
      ]);
    }
    lookedAt = now;
  }
}

type Print = (entry: LogEntry) => Promise<void>;

/** Writes lines to standard output, no faster than they are taken; the work ends when nobody reads them any more. */
function printer({ output }: LogsOptions, targets: readonly LogTarget[], { signal, end }: StopSignal): Print {
  const { stdout } = process;
  const lineOf = logLineWriter({
    format: output,
    isTerminal: stdout.isTTY,
    colour: paint(stdout, process.env),
    targets: targets.map((target) => ({ ...target, container: target.name })),
  });
  stdout.once('error', end);
  return async (entry) => {
    if (!stdout.writable || stdout.write(`${lineOf(entry)}\n`)) return;
    await once(stdout, 'drain', { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  };
}

async function printAll({ lines }: Merge<LogEntry>, print: Print): Promise<void> {
  for await (const entry of lines) await print(entry);
}
