import type { Kind } from '../kind.ts';
import { freedBy, holderOf, type LockEntry } from '../locks.ts';
import {
  doneText,
  secondsBetween,
  standingOf,
  typeFor,
  type OpenEntry,
  type StepEntry,
} from '../operations.ts';
import { secondOf } from '../moments.ts';

/** What the journal has under way or left unfinished: operations, their steps, and who holds what. */

export function operationsKind(rows: readonly OpenEntry[]): Kind<OpenEntry> {
  return {
    name: 'operation',
    none: 'No operation is unfinished.',
    rows,
    nameOf: ({ id }) => String(id),
    entry: (operation) => operation,
    columns: [
      { name: 'id', heading: 'Id', value: ({ id }) => id },
      {
        ...{ name: 'startedAt', heading: 'When (UTC)', rank: 5 },
        value: ({ startedAt }) => startedAt,
        text: ({ startedAt }) => secondOf(startedAt),
      },
      { name: 'actor', heading: 'Who', value: ({ actor }) => actor, rank: 4 },
      { name: 'command', heading: 'Command', value: ({ command }) => command, wraps: 30 },
      { name: 'done', heading: 'Done', value: doneText, rank: 6 },
      { name: 'standing', heading: 'Where it stands', value: standingOf },
      {
        ...{ name: 'type', heading: 'What to type', value: typeFor, wraps: 20 },
        tone: ({ underWay }) => (underWay ? null : 'attention'),
      },
    ],
  };
}

export function stepsKind(rows: readonly StepEntry[]): Kind<StepEntry> {
  return {
    name: 'step',
    rows,
    nameOf: ({ seq }) => String(seq),
    entry: (step) => step,
    hostsOf: ({ host }) => [host],
    columns: [
      { name: 'seq', heading: 'Step', value: ({ seq }) => seq },
      { name: 'kind', heading: 'Kind', value: ({ kind }) => kind },
      { name: 'host', heading: 'Host', value: ({ host }) => host },
      { name: 'object', heading: 'Object', value: ({ object }) => object },
      {
        ...{ name: 'status', heading: 'Status', value: ({ status }) => status },
        tone: ({ status }) => (status === 'failed' ? 'bad' : status === 'done' ? 'good' : null),
      },
      {
        ...{ name: 'seconds', heading: 'Seconds', rank: 5 },
        value: ({ startedAt, finishedAt }) => secondsBetween(startedAt, finishedAt),
        text: ({ startedAt, finishedAt }) => secondsBetween(startedAt, finishedAt)?.toFixed(2) ?? '-',
      },
      { name: 'result', heading: 'Result', value: ({ result }) => result, rank: 6, wraps: 30 },
    ],
  };
}

export function locksKind(rows: readonly LockEntry[]): Kind<LockEntry> {
  return {
    name: 'lock',
    none: 'Nothing is locked.',
    rows,
    // `service:webapp` is found by `webapp`.
    nameOf: ({ lock }) => lock.replace(/^.*:/, ''),
    entry: (lock) => lock,
    columns: [
      { name: 'lock', heading: 'Lock', value: ({ lock }) => lock },
      { name: 'holder', heading: 'Held by', value: holderOf, wraps: 24 },
      { name: 'actor', heading: 'Who', value: ({ actor }) => actor },
      {
        ...{ name: 'since', heading: 'Since (UTC)', rank: 5 },
        value: ({ since }) => since,
        text: ({ since }) => secondOf(since),
      },
      { name: 'reason', heading: 'Why', value: ({ reason }) => reason, wraps: 24 },
      { name: 'freed', heading: 'Freed by', value: freedBy, wraps: 20 },
    ],
  };
}
