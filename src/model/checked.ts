/** One thing that `doctor` looked at, and what it found. */
export type Checked = {
  /** What was looked at, such as `clock`. */
  readonly check: string;
  readonly object: string;
  /** `unknown` where it cannot be known from here; that is told, and is no reason to fail. */
  readonly status: 'ok' | 'attention' | 'unknown';
  readonly fact: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null;
};

export const fine = (check: string, object: string, fact: string): Checked => ({
  ...{ check, object, status: 'ok', fact, remedy: null },
});

export const attention = (check: string, object: string, fact: string, remedy: string): Checked => ({
  ...{ check, object, status: 'attention', fact, remedy },
});

export const unknown = (check: string, object: string, fact: string, remedy: string): Checked => ({
  ...{ check, object, status: 'unknown', fact, remedy },
});
