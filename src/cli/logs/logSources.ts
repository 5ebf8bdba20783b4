import { pause } from '../../docker/deadline.ts';
import { connectEngine, type Engine } from '../../docker/engine.ts';
import type { LogLine } from '../../docker/logFrames.ts';
import { NoContainer, openLog, type LogRequest } from '../../docker/logs.ts';
import type { Connection } from '../../model/connection.ts';
import { HostError, UserError } from '../../model/errors.ts';
import type { LogEntry } from '../../report/logLines.ts';
import type { LogTarget } from './logTargets.ts';
import { warnOfPlain } from '../warnOfPlain.ts';

/** What is told of beside the lines. */
export type LogNews = {
  /** A host, or its answer, is not there; told again only after it was back. */
  readonly away: (host: string, why: HostError | UserError) => void;
  readonly back: (host: string) => void;
  /** The host has no such container. */
  readonly missing: (target: LogTarget) => void;
};

/** The lines of one container. */
export type LogSource = {
  /** Resolves when the engine has begun to answer, or is known not to. */
  readonly opened: Promise<unknown>;
  /** To the end of its log, or with `follow` until the signal aborts, whatever becomes of the container and its host. */
  readonly lines: AsyncGenerator<LogEntry>;
};

export type LogReader = {
  readonly read: (target: LogTarget, request: LogRequest, signal: AbortSignal) => LogSource;
  readonly close: () => Promise<void>;
};

/** Milliseconds between two attempts to read on: the first, and the longest. */
const [firstPause, longestPause] = [500, 15_000];

/** Reads logs by the engines of hosts.yml, which are connected when they are first asked, and again when they were away. */
export function logReader({ engines }: Connection, news: LogNews): LogReader {
  const connected = new Map<string, Promise<Engine>>();

  const warned = new Set<string>();

  const engineOf = (host: string): Promise<Engine> => {
    const found = engines.find(({ name }) => name === host);
    if (!found) throw new UserError(`host ${host} is not in hosts.yml: put it back`);
    if (!warned.has(host)) warnOfPlain(found);
    warned.add(host);
    const engine = connected.get(host) ?? connectEngine(found);
    connected.set(host, engine);
    return engine;
  };

  /** Forgets an engine, unless another log has connected it anew already. */
  const drop = (host: string, engine: Promise<Engine>): void => {
    if (connected.get(host) === engine) connected.delete(host);
    // One that never was there has nothing to close, and was told of.
    engine.then(
      ({ close }) => {
        close();
      },
      () => undefined,
    );
  };

  const tellAway = (error: unknown, host: string, signal: AbortSignal): void => {
    if (signal.aborted) return;
    if (!(error instanceof HostError) && !(error instanceof UserError)) throw error;
    news.away(host, error);
  };

  /** The opened log, or null where there is none now: then that was told. */
  const open = async (
    target: LogTarget,
    request: LogRequest,
    signal: AbortSignal,
    isFirst: boolean,
  ): Promise<Opened | null> => {
    const { host, name } = target;
    let engine: Promise<Engine> | null = null;
    try {
      engine = engineOf(host);
      const lines = await openLog(await engine, name, request, signal);
      news.back(host);
      return { lines, engine };
    } catch (error) {
      // One that was there is taken away by somebody, which the state will say in a moment.
      if (error instanceof NoContainer) {
        if (isFirst) news.missing(target);
      } else {
        if (engine) drop(host, engine);
        tellAway(error, host, signal);
      }
      return null;
    }
  };

  /** What an opened log has after a time; where it breaks off, that is told. */
  async function* readAfter(
    time: string,
    { lines, engine }: Opened,
    { host }: LogTarget,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    try {
      for await (const line of lines) if (line.time > time) yield line;
    } catch (error) {
      drop(host, engine);
      tellAway(error, host, signal);
    }
  }

  async function* follow(
    target: LogTarget,
    request: LogRequest,
    signal: AbortSignal,
    first: Promise<Opened | null>,
  ): AsyncGenerator<LogEntry> {
    const isOver = (): boolean => signal.aborted;
    let [last, delay] = ['', firstPause];
    for (let opened = await first; ;) {
      // The engine begins with the very time that is asked for, and what was told already must not come again.
      for await (const line of opened ? readAfter(last, opened, target, signal) : []) {
        if (line.time > last) last = line.time;
        delay = firstPause;
        yield entryOf(target, line);
      }
      if (!request.follow || isOver()) return;
      // It stopped, or is gone, or its host is; whoever asked says when it is not wanted any more.
      await pause(delay, signal).catch(() => undefined);
      if (isOver()) return;
      delay = Math.min(delay * 2, longestPause);
      const onward: LogRequest = last === '' ? request : { ...request, since: last, tail: 'all' };
      opened = await open(target, onward, signal, false);
    }
  }

  const read: LogReader['read'] = (target, request, signal) => {
    const opened = open(target, request, signal, true);
    return { opened, lines: follow(target, request, signal, opened) };
  };
  const close = async (): Promise<void> => {
    for (const result of await Promise.allSettled(connected.values())) {
      if (result.status === 'fulfilled') result.value.close();
    }
  };
  return { read, close };
}

type Opened = { readonly lines: AsyncGenerator<LogLine>; readonly engine: Promise<Engine> };

function entryOf(
  { name, host, service, stage, version }: LogTarget,
  { time, stream, text }: LogLine,
): LogEntry {
  return { time, host, service, container: name, stage, version, stream, text };
}
