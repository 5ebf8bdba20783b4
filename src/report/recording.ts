import type { Violation } from '../model/violation.ts';
import { violationLine } from './preview.ts';
import { printable } from './printable.ts';
import { renderSheet } from './table.ts';

/** A state that is recorded in a fresh database: its rows, and the containers that they mean. */
export type Recording = {
  readonly command: string;
  readonly allowed: boolean;
  /** The id on the labels of its containers. */
  readonly environment: string;
  readonly revision: number;
  readonly violations: readonly Violation[];
  /** How many rows each table gets. */
  readonly rows: Readonly<Record<string, number>>;
  readonly hosts: readonly { readonly host: string; readonly containers: readonly string[] }[];
  /** What a recovery could not find out, and what it took instead. */
  readonly unknown: readonly string[];
  /** The containers that are on the hosts and have no place in the state. */
  readonly leftAlone: readonly LeftAlone[];
};

export type LeftAlone = { readonly host: string; readonly name: string; readonly why: string };

/** What is to be recorded, for people. No host is touched by it, and so it says what to type next. */
export function recordText(
  { command, environment, revision, violations, rows, hosts, unknown, leftAlone }: Recording,
  columns: number | null,
): string {
  const counts = Object.entries(rows).filter(([, count]) => count > 0);
  const parts = [
    `Plan: ${command}`,
    `Environment ${environment}, revision ${revision}. Rows that are added:`,
    renderSheet(
      { head: ['table', 'rows'], rows: counts.map(([table, count]) => [table, String(count)]) },
      columns,
    ),
    'What the state then says of the hosts:',
    renderSheet(
      {
        head: ['host', 'containers', 'names'],
        rows: hosts.map(({ host, containers }) => [host, String(containers.length), inShort(containers)]),
      },
      columns,
    ),
    ...(violations.length > 0
      ? [`Warnings:\n${violations.map((one) => `  ${printable(violationLine(one))}`).join('\n')}`]
      : []),
    ...(leftAlone.length > 0
      ? [
          `Left alone:\n${leftAlone.map(({ host, name, why }) => `  ${host} ${printable(name)}: ${why}`).join('\n')}`,
        ]
      : []),
    ...(unknown.length > 0 ? [`Could not be known:\n${unknown.map((line) => `  ${line}`).join('\n')}`] : []),
    "No host is touched. Then: 'cmanage verify', and 'cmanage deploy containers --all' for what the hosts lack.",
  ];
  return parts.join('\n\n');
}

function inShort(names: readonly string[]): string {
  const [first, last] = [names[0] ?? '', names.at(-1) ?? ''];
  return names.length > 3 ? `${first} … ${last}` : names.join(', ');
}
