import type { HistoryEntry } from '../history.ts';
import { servicesText } from '../history.ts';
import type { Kind, Tone } from '../kind.ts';
import { secondsBetween, typeFor, type OpenEntry } from '../operations.ts';
import { minuteOf, secondOf } from '../moments.ts';

/** Operations of the journal as people look at them on a terminal; a pipe gets `historySheet`, whose columns scripts count. */
export function historyKind(rows: readonly HistoryEntry[]): Kind<HistoryEntry> {
  return {
    name: 'operation',
    rows,
    nameOf: ({ id }) => String(id),
    entry: (operation) => operation,
    columns: [
      { name: 'id', heading: 'Id', value: ({ id }) => id },
      {
        ...{ name: 'when', heading: 'When (UTC)', value: ({ startedAt }) => startedAt },
        text: ({ startedAt }) => minuteOf(startedAt),
      },
      { name: 'who', heading: 'Who', value: ({ actor }) => actor, rank: 3 },
      { name: 'command', heading: 'Command', value: commandText, wraps: 26 },
      { name: 'reason', heading: 'Reason', value: ({ reason }) => reason, rank: 4, wraps: 24 },
      {
        ...{ name: 'status', heading: 'Status', value: statusText, wraps: 10 },
        tone: ({ status }) => toneOf(status),
      },
      { name: 'revision', heading: 'Revision', value: ({ revision }) => revision, rank: 8 },
      { name: 'services', heading: 'Services', value: servicesText, rank: 7, wraps: 30 },
    ],
  };
}

/** One operation with all that is recorded of it but its steps, and what to type where it has not come to its end. */
export function operationKind(entry: HistoryEntry, open: OpenEntry | null): Kind<HistoryEntry> {
  const { startedAt, finishedAt } = entry;
  const seconds = secondsBetween(startedAt, finishedAt);
  return {
    ...historyKind([entry]),
    columns: [
      { name: 'id', heading: 'Operation', value: ({ id }) => id },
      { name: 'command', heading: 'Command', value: commandText },
      { name: 'reason', heading: 'Reason', value: ({ reason }) => reason },
      { name: 'who', heading: 'Who', value: ({ actor }) => actor },
      {
        ...{ name: 'when', heading: 'When (UTC)', value: () => startedAt },
        text: () => `${secondOf(startedAt)}${seconds === null ? '' : `, ${seconds.toFixed(1)} s`}`,
      },
      { name: 'status', heading: 'Status', value: statusText },
      { name: 'message', heading: 'Message', value: ({ message }) => message },
      { name: 'services', heading: 'Services', value: servicesText },
      { name: 'type', heading: 'What to type', value: () => open && typeFor(open) },
    ],
  };
}

/** The command without its reason, which stands beside it. */
export function commandText({ command, reason }: Pick<HistoryEntry, 'command' | 'reason'>): string {
  if (reason === null) return command;
  return command.replace(` -m ${reason}`, '').replace(` --reason ${reason}`, '');
}

function statusText({ status, finishedBy }: HistoryEntry): string {
  return finishedBy ? `${status} by ${finishedBy.actor}: ${finishedBy.command}` : status;
}

function toneOf(status: string): Tone | null {
  if (status === 'done') return null;
  return status === 'undone' || status === 'running' ? 'attention' : 'bad';
}
