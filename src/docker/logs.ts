import type { Readable } from 'node:stream';
import { within } from './deadline.ts';
import { onQuestion, statusOf, type Engine } from './engine.ts';
import { readLogLines, type LogLine } from './logFrames.ts';

/** Seconds for an engine to begin its answer. */
const openDeadline = 10;

export type LogRequest = {
  readonly follow: boolean;
  /** The time of the first line (ISO 8601, UTC); null begins with the oldest one. */
  readonly since: string | null;
  /** How many of the last lines, or all. */
  readonly tail: number | 'all';
};

/** The container of a log is not there, and so there is no log. */
export class NoContainer extends Error {
  override name = 'NoContainer';
}

/**
 * Opens the log of a container. Its lines are read as they are asked for, so that nothing gathers in memory however long it is. Throws
 * a HostError where the engine does not answer or its answer breaks off, a NoContainer where it knows no such container.
 */
export async function openLog(
  engine: Engine,
  name: string,
  { follow, since, tail }: LogRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<LogLine>> {
  const doing = `reading the log of ${name}`;
  const from = since === null ? {} : { since: secondsOf(since) };
  const query = { stdout: true, stderr: true, timestamps: true, follow, tail, ...from };
  const open = (inner: AbortSignal): Promise<Readable> => {
    const container = engine.docker.getContainer(name) as unknown as Streaming;
    // The package gathers all that is not followed in memory; told apart from the query, it makes a stream of it, too.
    return container.logs({ follow: true, _query: query, abortSignal: inner });
  };
  const stream = await within(openDeadline, signal, open).catch((error: unknown) => {
    if (statusOf(error) === 404) throw new NoContainer(`${name} is not there`);
    return onQuestion(engine, doing)(error);
  });
  return linesIn(stream, engine, doing, signal);
}

/** What `logs` of the package also takes and gives, which its types do not know. */
type Streaming = { readonly logs: (options: object) => Promise<Readable> };

async function* linesIn(
  stream: Readable,
  engine: Engine,
  doing: string,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  // A host that vanished sends no end; its silence is noticed by the system.
  (stream as { socket?: import('node:net').Socket }).socket?.setKeepAlive(true, 15_000);
  const stop = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    yield* readLogLines(stream);
  } catch (error) {
    if (signal.aborted) return;
    onQuestion(engine, doing)(error);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The engine takes seconds with nine digits behind the point. */
function secondsOf(time: string): string {
  const [, fraction = '0'] = /\.(\d{9})Z$/.exec(time) ?? [];
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction}`;
}
