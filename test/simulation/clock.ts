import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Virtual time. Every timer of cmanage and of the simulated world is an event of one queue, and the clock jumps from one to the
 * next. What a killed process was waiting for never comes.
 */

type Event = {
  readonly time: number;
  readonly order: number;
  readonly owner: Owner | null;
  work: (() => void) | null;
};

/** A run of cmanage; what belongs to it ends with it. */
export type Owner = { isAlive: boolean };

const heap: Event[] = [];
let now = 0;
let count = 0;
let owner: Owner | null = null;

const realImmediate = globalThis.setImmediate;
const realNow = performance.now.bind(performance);

/** Milliseconds of the real clock, for rates. */
export const realTime = realNow;

export function virtualTime(): number {
  return now;
}

/** Whose code runs now: events that it asks for are dropped when it is killed. */
export function setOwner(next: Owner | null): void {
  owner = next;
}

export function currentOwner(): Owner | null {
  return owner;
}

/** Forgets all events; time begins at 0. */
export function resetClock(): void {
  heap.length = 0;
  now = 0;
  count = 0;
  owner = null;
}

/** Does something so many milliseconds from now, for whoever is alive then. */
export function after(milliseconds: number, work: () => void, whose: Owner | null = null): Event {
  const event: Event = { time: now + Math.max(0, milliseconds), order: count++, owner: whose, work };
  push(event);
  return event;
}

/** The next event's time; null where there is none. */
export function nextTime(): number | null {
  while (heap[0]?.work === null || heap[0]?.owner?.isAlive === false) pop();
  return heap[0]?.time ?? null;
}

/** Lets the next event happen. */
export function step(): void {
  if (nextTime() === null) return;
  const event = pop();
  if (!event?.work) return;
  now = event.time;
  event.work();
}

/** Lets everything happen that promises have ready. */
export function settled(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

function isBefore(one: Event, other: Event): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

function eventAt(index: number): Event {
  const event = heap[index];
  if (!event) throw new Error('the queue of events has no such place');
  return event;
}

function push(event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = eventAt(parent);
    if (!isBefore(event, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(eventAt(child + 1), eventAt(child))) child++;
    const below = eventAt(child);
    if (!isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}

/** Puts the virtual clock in the place of the real one, for the rest of this process. */
export function installClock(): void {
  const timeout = (work: () => void, milliseconds = 0): Event => {
    const event = after(milliseconds, work, owner);
    // Whether a timer keeps its process alive does not matter here.
    return Object.assign(event, { unref: () => event, ref: () => event });
  };
  const clear = (event: Event | null | undefined): void => {
    if (event) event.work = null;
  };
  const sleep = (milliseconds = 0, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const signal = options?.signal;
      const stop = (): void => {
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        stop();
        return;
      }
      signal?.addEventListener('abort', stop, { once: true });
      timeout(() => {
        resolve(value);
      }, milliseconds);
    });
  const abortAfter = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    timeout(() => {
      controller.abort(new Error('The operation was aborted due to timeout'));
    }, milliseconds);
    return controller.signal;
  };
  // Node keeps what it combines for as long as somebody listens, and those who were killed here listen for ever.
  const anyOf = (signals: readonly AbortSignal[]): AbortSignal => {
    const controller = new AbortController();
    for (const signal of signals) {
      const abort = (): void => {
        controller.abort(signal.reason);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    }
    return controller.signal;
  };
  Object.assign(globalThis, {
    setTimeout: timeout,
    clearTimeout: clear,
    setImmediate: (work: () => void) => timeout(work, 0),
    clearImmediate: clear,
  });
  performance.now = () => now;
  AbortSignal.timeout = abortAfter;
  AbortSignal.any = anyOf;
  timers.setTimeout = sleep as typeof timers.setTimeout;
  syncBuiltinESMExports();
}
