/** A broken rule, as a value: the object, the fact and the remedy, for one line that an operator can act on. */
export type Violation = {
  /** The rule's stable code, for example `stack-versions`. */
  readonly code: string;
  readonly level: 'error' | 'warn';
  readonly object: string;
  /** The service that is concerned; null where it is no one service. */
  readonly service: string | null;
  readonly fact: string;
  readonly remedy: string;
};

/** Makes the violation that an action returns when it cannot even propose a next state. */
export function refusal(code: string, object: string, fact: string, remedy: string): Violation {
  return { code, level: 'error', object, service: null, fact, remedy };
}

/** What an action returns: the next state, or every reason why there is none. */
export type Outcome<T = import('./state.ts').State> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly violations: readonly Violation[] };

export function proposed<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(...violations: Violation[]): { ok: false; violations: readonly Violation[] } {
  return { ok: false, violations };
}
