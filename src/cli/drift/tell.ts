import { execa } from 'execa';
import type { WatchSettings } from '../../config/config.ts';
import type { Drift } from '../../plan/drift.ts';
import { printable } from '../../report/printable.ts';
import { logEvent } from '../ownLog.ts';
import { forStream } from '../systemd.ts';

/** What `watch` tells of. */
export type WatchEvent = {
  readonly event: (typeof eventKinds)[number];
  readonly text: string;
  /** What is otherwise than the state says; for `repairing`, what is about to be mended. */
  readonly findings?: readonly Drift[];
  /** The operation of the journal that repaired. */
  readonly operation?: number;
};

export const eventKinds = [
  ...(['watching', 'stopped', 'connected', 'lost', 'waiting'] as const),
  ...(['found', 'repairing', 'repaired', 'failed', 'limited'] as const),
] as const;

/** What people want to be called for; the rest is in the log alone. */
const called: readonly WatchEvent['event'][] = ['found', 'repairing', 'repaired', 'failed', 'limited'];

/** Seconds that a webhook and a command may take; a repair waits for no longer than that. */
const [webhookDeadline, commandDeadline] = [5, 10];

export type Tell = (event: WatchEvent) => Promise<void>;

/** Tells of events: a line on standard output, and for some a webhook and a command. Where these fail, a line says so. */
export function teller(
  environment: string,
  { webhook, command }: Pick<WatchSettings, 'webhook' | 'command'>,
  isJson: boolean,
): Tell {
  return async (event) => {
    const full = { time: new Date().toISOString(), environment, findings: [], operation: null, ...event };
    const line = `${full.time} ${event.event}: ${printable(event.text)}`;
    const level = event.event === 'failed' ? 'error' : called.includes(event.event) ? 'warning' : 'info';
    console.log(forStream(1, level, isJson ? JSON.stringify(full) : line));
    logEvent(level, event);
    if (!called.includes(event.event)) return;
    const told = [
      ...(webhook === null ? [] : [post(webhook, full)]),
      ...(command === null ? [] : [run(command, full)]),
    ];
    for (const result of await Promise.allSettled(told)) {
      if (result.status === 'rejected') console.error(printable(`cmanage: ${String(result.reason)}`));
    }
  };
}

/** The address is not repeated in a message, because it may hold a secret. */
async function post(url: string, event: object): Promise<void> {
  const init: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
    redirect: 'error',
    signal: AbortSignal.timeout(webhookDeadline * 1000),
  };
  const where = `the webhook at ${new URL(url).host}`;
  const response = await fetch(url, init).catch((error: unknown) => {
    const { cause, message } = error as Error;
    throw new Error(`${where} was not told: ${cause instanceof Error ? cause.message : message}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${where} was told, and answers ${response.status}`);
}

async function run([program = '', ...args]: readonly string[], event: object): Promise<void> {
  const { failed, shortMessage } = await execa(program, args, {
    input: `${JSON.stringify(event)}\n`,
    timeout: commandDeadline * 1000,
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false,
  });
  if (failed) throw new Error(`the command ${program} was not told: ${shortMessage ?? 'it failed'}`);
}
