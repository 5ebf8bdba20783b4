import { fstatSync } from 'node:fs';

/** How bad it is, as syslog counts (sd-daemon(3)). */
const priorities = { error: 3, warning: 4, info: 6 } as const;

export type Level = keyof typeof priorities;

/** Whether a file descriptor is the journal of systemd, which says so by the device and inode in JOURNAL_STREAM. */
export function isJournal(descriptor: number, environment: NodeJS.ProcessEnv): boolean {
  const [device, inode] = environment.JOURNAL_STREAM?.split(':') ?? [];
  if (device === undefined || inode === undefined) return false;
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return String(dev) === device && String(ino) === inode;
}

/** Puts the priority before each line of a text, which the journal takes away again. */
export function withPriority(level: Level, text: string): string {
  return text.replace(/^/gm, `<${priorities[level]}>`);
}

/** A text as it is written to standard output (1) or standard error (2): with its priority where the journal takes it. */
export function forStream(descriptor: 1 | 2, level: Level, text: string): string {
  return isJournal(descriptor, process.env) ? withPriority(level, text) : text;
}
