import type { Result } from '../executor/execute.ts';
import type { Progress } from '../executor/walk.ts';
import type { Level } from './systemd.ts';

/** What is told of an operation while it goes on: in cmanage's own log, and with `-o json` on standard error. */
export type WorkEvent =
  | {
      readonly event: 'begun';
      readonly operation: number;
      readonly command: string;
      readonly actor: string;
      readonly reason: string | null;
      readonly steps: number;
    }
  | {
      readonly event: 'step';
      readonly operation: number;
      readonly seq: number;
      readonly kind: string;
      readonly host: string;
      readonly object: string;
      readonly phase: 'begun' | 'done' | 'failed';
      readonly undoing: boolean;
      readonly text: string;
      /** Since it began. */
      readonly seconds: number;
    }
  | {
      readonly event: 'ended';
      readonly operation: number;
      readonly status: Result['status'];
      readonly recorded: boolean;
      readonly paused: boolean;
      readonly seconds: number;
      readonly failures: readonly string[];
    };

export function stepEvent(
  operation: number,
  { step, phase, undoing, text, milliseconds }: Parameters<Progress>[0],
): WorkEvent {
  const { seq, kind, host, object } = step;
  const what = { seq, kind, host, object, phase, undoing, text };
  return { event: 'step', operation, ...what, seconds: inSeconds(milliseconds) };
}

export function endedEvent(
  operation: number,
  { status, recorded, paused, failures }: Result,
  milliseconds: number,
): WorkEvent {
  const why = failures.map(({ error }) => (error as Error).message);
  const how = { status, recorded, paused, seconds: inSeconds(milliseconds), failures: why };
  return { event: 'ended', operation, ...how };
}

function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

export function levelOf(event: WorkEvent): Level {
  switch (event.event) {
    case 'begun':
      return 'info';
    case 'step':
      return event.phase === 'failed' ? 'error' : 'info';
    case 'ended':
      return event.status === 'done' && event.failures.length === 0 ? 'info' : 'error';
  }
}

/** An event as one line of JSON, with the moment (UTC). */
export function eventLine(event: object): string {
  return JSON.stringify({ time: new Date().toISOString(), ...event });
}
