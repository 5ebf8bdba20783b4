import { UserError } from '../../model/errors.ts';
import { csvText } from '../csv.ts';
import { markdownTable } from '../markdown.ts';
import { printable } from '../printable.ts';
import { textOf, type Cell, type Report, type ReportKind, type Section } from './report.ts';
import { minuteOf } from '../moments.ts';

/** A report as Markdown: for a wiki, a mail or a terminal. The graph is left to `cmanage graph -o mermaid`. */
export function reportMarkdown({ title, about, subject, figures, sections }: Report): string {
  const { environment, revision, moment, cmanage } = subject;
  const when = `${environment} at revision ${revision}, ${minuteOf(moment)} UTC`;
  const shown = sections.filter((section) => section.for !== 'data');
  return [
    `# ${title}`,
    `${printable(when)}. ${about}`,
    markdownTable({ head: figures.map(({ label }) => label), rows: [figures.map(({ value }) => value)] }),
    ...shown.flatMap(sectionMarkdown),
    `Written by cmanage ${cmanage}.`,
  ].join('\n\n');
}

function sectionMarkdown({ title, note, columns, rows }: Section): string[] {
  const head = columns.map(({ name }) => name);
  const table =
    rows.length === 0 ? 'None.' : markdownTable({ head, rows: rows.map((row) => row.map(textOf)) });
  return [`## ${title}`, ...(note === '' ? [] : [note]), table];
}

/** The table that is meant where none is named: for programs, the one with a row for each fact. */
const mainTables: Readonly<Record<ReportKind, string>> = {
  cmdb: 'items',
  releases: 'versions',
  compliance: 'verdicts',
  capacity: 'hosts',
};

/**
 * One table of a report as CSV; each row ends with the environment, the revision and the moment, so that rows of several reports may stand
 * in one file. A UserError names the tables there are where it has none of that name.
 */
export function reportCsv({ kind, sections, subject }: Report, table: string | undefined): string {
  const wanted = table ?? mainTables[kind];
  const section = sections.find(({ id }) => id === wanted);
  if (!section) {
    const names = sections.map(({ id }) => id).join(', ');
    throw new UserError(`the report ${kind} has no table ${wanted}: choose one of ${names}`);
  }
  const head = [...section.columns.map(({ name }) => name), 'Environment', 'At revision', 'At'];
  const rows = section.rows.map((row) => [
    ...row.map(csvValue),
    ...[subject.environment, subject.revision, subject.moment],
  ]);
  return csvText(head, rows);
}

/** What is shown to people as a dash is an empty cell to programs. */
function csvValue(cell: Cell): string | number | null {
  const value = typeof cell === 'object' ? cell.text : cell;
  return value === '-' ? null : value;
}
