import { stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import type { Drift, Observed, Surveyed } from './drift.ts';

/** What the journal knows of containers. */
export type Journal = {
  /** Those that unfinished operations made, as `HOST NAME`. */
  readonly explained: ReadonlySet<string>;
  /**
   * What its operations had in their hands, as `OPERATION HOST NAME`. After the restore of an old backup their numbers are given
   * again, so that the number on a label proves nothing.
   */
  readonly handled: ReadonlySet<string>;
};

/** A container of this environment that its state does not have there. */
export type Orphan = {
  readonly host: string;
  readonly found: Observed;
  readonly drift: Drift;
  readonly fate: Fate;
};

/** What `heal` does with it. One that an unfinished operation made is that operation's. */
export type Fate = 'removed' | 'left' | 'explained';

export function orphanOn(
  state: State,
  host: string,
  found: Observed,
  rows: readonly Surveyed[],
  journal: Journal,
): Orphan {
  const { name, service } = found;
  const row = state.containers.find((container) => container.name === name);
  const elsewhere = row && stackNamed(state, row.stack)?.host;
  const fact =
    elsewhere === undefined ? 'the state does not have it' : `the state has it on ${elsewhere}, not here`;
  const { fate, remedy } = judge(host, found, rows, journal);
  return { host, found, fate, drift: { kind: 'orphan', host, service, object: name, fact, remedy } };
}

function judge(
  host: string,
  { name, operation, madeAs, stack }: Observed,
  rows: readonly Surveyed[],
  { explained, handled }: Journal,
): { readonly fate: Fate; readonly remedy: string } {
  if (explained.has(`${host} ${name}`)) {
    const type = "'cmanage show operations' says which, and what to type";
    return { fate: 'explained', remedy: `an operation that has not come to its end made it: ${type}` };
  }
  if (operation === null || !handled.has(`${operation} ${host} ${madeAs}`)) {
    const fact =
      operation === null
        ? 'no label names the operation that made it'
        : `by its label operation ${operation} made it, of which the journal knows nothing (an old backup?)`;
    const byHand = `if it may go, on ${host}: docker rm -f ${name}`;
    return { fate: 'left', remedy: `heal leaves it: ${fact}; ${byHand}` };
  }
  const namesake = rows.find(({ row }) => row.name === madeAs && row.stack === stack);
  if (namesake?.found && !namesake.found.isOurs) {
    const fact = `heal leaves it: it was made as ${madeAs}, and a foreign container has that name`;
    return { fate: 'left', remedy: `${fact}; rename or remove that one, then 'cmanage heal'` };
  }
  const tells = `'cmanage history show ${operation}' tells of the operation that made it`;
  return { fate: 'removed', remedy: `${tells}; 'cmanage heal' removes it` };
}
