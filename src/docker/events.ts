import type { Readable } from 'node:stream';
import type { EngineConnection } from '../model/connection.ts';
import { label } from './containerBody.ts';
import { pause, within } from './deadline.ts';
import { connectEngine, onEngine, type Engine } from './engine.ts';

/** Seconds for an engine to begin its stream of events. */
const connectDeadline = 10;
/** Milliseconds between two attempts to connect: the first, and the longest. */
const [firstPause, longestPause] = [1_000, 30_000];

/** What happens to a container that may make it another one than the state says. */
const actions = [
  ...['die', 'oom', 'stop', 'start', 'pause', 'unpause'],
  ...['destroy', 'rename', 'update', 'health_status'],
];

export type Listener = {
  /** Something happened to a container of the environment, or may have happened while nobody listened. */
  readonly onEvent: () => void;
  /** The stream has begun, or has ended and why; told once each time. */
  readonly onChange: (problem: Error | null) => void;
};

/** Listens to what happens to the containers of an environment on a host until the signal aborts, and connects again by itself. */
export async function followEvents(
  connection: EngineConnection,
  environment: string,
  { onEvent, onChange }: Listener,
  signal: AbortSignal,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  let isLost = false;
  for (let delay = firstPause; !isOver();) {
    try {
      const engine = await connectEngine(connection);
      try {
        const stream = await openStream(engine, environment, signal);
        onChange(null);
        // What happened before is not told again.
        onEvent();
        [isLost, delay] = [false, firstPause];
        await readTo(stream, onEvent, signal);
        throw new Error(`${connection.name}: the stream of events has ended`);
      } finally {
        engine.close();
      }
    } catch (error) {
      if (!isLost && !isOver()) onChange(error instanceof Error ? error : new Error(String(error)));
      isLost = true;
    }
    await pause(delay, signal).catch(() => undefined);
    delay = Math.min(delay * 2, longestPause);
  }
}

async function openStream(engine: Engine, environment: string, signal: AbortSignal): Promise<Readable> {
  const filters = {
    type: ['container' as const],
    event: actions,
    label: [`${label.environment}=${environment}`],
  };
  const open = (inner: AbortSignal): Promise<NodeJS.ReadableStream> =>
    engine.docker.getEvents({ filters, abortSignal: inner });
  const stream = await within(connectDeadline, signal, open).catch(onEngine(engine, 'asking for its events'));
  return stream as Readable;
}

/** Reads to the end of a stream; each line is an event, and it does not matter which. */
function readTo(stream: Readable, onEvent: () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      stream.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    const end = (error?: Error): void => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else resolve();
    };
    // A host that vanished sends no end; its silence is noticed by the system.
    (stream as { socket?: import('node:net').Socket }).socket?.setKeepAlive(true, 15_000);
    stream.on('data', onEvent);
    stream.on('error', end);
    stream.on('close', () => {
      end();
    });
  });
}
