import { HostError } from '../model/errors.ts';

/** HAProxy's processes, as its master tells them. */
export type Processes = {
  /** How often the master was reloaded, and how many of these reloads failed. */
  readonly reloads: number;
  readonly failed: number;
  readonly workers: readonly number[];
  /** Workers of earlier configurations that still finish their requests. */
  readonly oldWorkers: readonly number[];
};

/** Parses the answer to `show proc`; an answer without a master line is an error, as it comes during a reload. */
export function parseProcesses(balancer: string, text: string): Processes {
  const master = /^\d+\s+master\s+(\d+)(?: \[failed: (\d+)\])?/m.exec(text);
  if (!master) throw new HostError(balancer, "asking HAProxy's master", 'it gives no list of its processes');
  return {
    reloads: Number(master[1]),
    failed: Number(master[2] ?? 0),
    workers: workersIn(section(text, 'workers')),
    oldWorkers: workersIn(section(text, 'old workers')),
  };
}

function section(text: string, title: string): string {
  return text.split(/^# /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

function workersIn(text: string): number[] {
  return [...text.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid));
}
