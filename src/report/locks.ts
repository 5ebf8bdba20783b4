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

/** What holds it, for people. */
export function holderOf({ operation, command }: LockEntry): string {
  return operation === null ? 'a freeze' : `operation ${operation} (${command ?? ''})`;
}

/** What ends it, or what to type. */
export function freedBy({ kind, lock, operation }: LockEntry): string {
  if (kind === 'operation') return `its end; if it hangs, cmanage unlock --operation ${operation ?? ''}`;
  const [, service] = lock.split(':');
  return service === undefined ? 'cmanage unlock' : `cmanage unlock ${service}`;
}
