/** Bad input: a message for the user, never a stack trace. The command ends with exit code 2. */
export class UserError extends Error {
  override name = 'UserError';
}

/** An outside system failed: which one, while doing what, and why. The command ends with exit code 4 (or 5). */
export class HostError extends Error {
  override name = 'HostError';
  readonly host: string;
  constructor(host: string, doing: string, cause: unknown) {
    super(`${host}: ${doing}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.host = host;
  }
}

/** Another operation holds the lock. The command ends with exit code 6. */
export class LockedError extends Error {
  override name = 'LockedError';
}

/** An earlier operation was left half-way on what this one needs. The command ends with exit code 5. */
export class UnfinishedError extends Error {
  override name = 'UnfinishedError';
}
