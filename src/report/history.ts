import type { OperationSummary, ServiceSummary } from '../plan/summary.ts';
import { csvText } from './csv.ts';
import { oneLine } from './printable.ts';
import { secondsBetween } from './operations.ts';
import type { Sheet } from './table.ts';
import { secondOf } from './moments.ts';

/** An operation as programs get it (docs/json.md). */
export type HistoryEntry = {
  readonly id: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly actor: string;
  readonly command: string;
  readonly reason: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly revision: number | null;
  /** Who took it up and brought it to its end, where its own command did not. */
  readonly finishedBy: { readonly actor: string; readonly command: string } | null;
  readonly services: OperationSummary | null;
};

/** What the journal has of an operation, without its plan. */
type Recorded = Omit<HistoryEntry, 'services'> & { readonly summary: OperationSummary | null };

export function historyEntry(operation: Recorded, status: string): HistoryEntry {
  const { id, startedAt, finishedAt, actor, command, reason, message, revision, summary } = operation;
  const { finishedBy } = operation;
  return {
    ...{ id, startedAt, finishedAt, actor, command, reason, status, message, revision, finishedBy },
    services: summary,
  };
}

export function historySheet(entries: readonly HistoryEntry[]): Sheet {
  return {
    head: ['Id', 'When (UTC)', 'Who', 'Command', 'Reason', 'Status', 'Revision', 'Services'],
    rows: entries.map(({ id, startedAt, actor, command, reason, status, revision, services, finishedBy }) => [
      ...[String(id), secondOf(startedAt), actor, command, reason ?? '-'].map(oneLine),
      oneLine(finishedBy ? `${status} by ${finishedBy.actor}: ${finishedBy.command}` : status),
      ...[String(revision ?? '-'), servicesText({ services }) ?? '?'],
    ]),
  };
}

/** What a person is told in place of an empty list. */
export function noHistory(recorded: number): string {
  if (recorded > 0) return `Of ${recorded} operation${recorded === 1 ? '' : 's'} none is what was asked for.`;
  return "Nothing is recorded yet: each command that changes something is, from 'cmanage addservice' on.";
}

/** What became of the services; null where nobody recorded it. */
export function servicesText({ services }: Pick<HistoryEntry, 'services'>): string | null {
  return services?.map(serviceText).join('; ') ?? null;
}

/** What became of the stacks of a service: once for all where they changed alike, else with the names of the stacks. */
export function serviceText({ service, changes }: ServiceSummary): string {
  const versions = (list: readonly string[]): string => list.join(' ') || 'nothing';
  const texts = changes.map(({ stacks, before, after }) => {
    const name = changes.length === 1 ? service : stacks.join(' ');
    return `${name}: ${versions(before)} -> ${versions(after)}`;
  });
  return texts.length === 0 ? service : texts.join('; ');
}

/** The same for a spreadsheet (RFC 4180). A cell that one would take for a formula gets an apostrophe before it. */
export function historyCsv(entries: readonly HistoryEntry[]): string {
  const head = [
    ...[
      'id',
      'startedAt',
      'finishedAt',
      'seconds',
      'actor',
      'command',
      'reason',
      'status',
      'message',
      'revision',
    ],
    ...['finishedBy', 'services'],
  ];
  const rows = entries.map((entry) => [
    ...[entry.id, entry.startedAt, entry.finishedAt, secondsBetween(entry.startedAt, entry.finishedAt)],
    ...[entry.actor, entry.command, entry.reason, entry.status, entry.message, entry.revision],
    entry.finishedBy && `${entry.finishedBy.actor}: ${entry.finishedBy.command}`,
    servicesText(entry),
  ]);
  return csvText(head, rows);
}

/** What was found of a history that was looked through, as programs get it. */
export type HistoryVerdict = {
  readonly operations: number;
  readonly events: number;
  readonly last: { readonly seq: number; readonly chain: string } | null;
  readonly edits: readonly { readonly object: string; readonly fact: string }[];
};

export function historyVerdictText({ operations, events, last, edits }: HistoryVerdict): string {
  const counted = `${operations} operations, ${events} events`;
  const mark = last
    ? `\nThe last event is ${last.seq}:${last.chain}\nWhat is kept of that elsewhere proves all before it, by 'cmanage history verify --expect'.`
    : '';
  if (edits.length === 0) return `${counted}: all is as it was recorded.${mark}`;
  const lines = edits.map(({ object, fact }) => `  ${object}: ${oneLine(fact)}`);
  return [
    `${counted}: the history was edited.`,
    ...lines,
    'Restore a backup of the state database, and find out who can write to it.',
  ].join('\n');
}
