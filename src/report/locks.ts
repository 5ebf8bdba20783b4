import { oneLine } from './printable.ts';
import type { Sheet } from './table.ts';

/** Who holds a name, as programs get it (docs/json.md). */
export type LockEntry = {
  /** `service:NAME`, `balancer:NAME` or `everything`. */
  readonly lock: string;
  /** Whether an operation has it until it ends, or a person until it is unlocked. */
  readonly kind: 'operation' | 'freeze';
  readonly operation: number | null;
  readonly command: string | null;
  readonly actor: string;
  readonly since: string;
  readonly reason: string | null;
};

export function locksSheet(entries: readonly LockEntry[]): Sheet {
  return {
    head: ['Lock', 'Held by', 'Who', 'Since (UTC)', 'Why', 'Freed by'],
    rows: entries.map((entry) => [
      ...[entry.lock, holderOf(entry), oneLine(entry.actor), entry.since.slice(0, 19).replace('T', ' ')],
      ...[oneLine(entry.reason ?? '-'), freedBy(entry)],
    ]),
  };
}

function holderOf({ operation, command }: LockEntry): string {
  return operation === null ? 'a freeze' : `operation ${operation} (${oneLine(command ?? '')})`;
}

function freedBy({ kind, lock, operation }: LockEntry): string {
  if (kind === 'operation') return `its end; if it hangs, cmanage unlock --operation ${operation ?? ''}`;
  const [, service] = lock.split(':');
  return service === undefined ? 'cmanage unlock' : `cmanage unlock ${service}`;
}
