import type { Card } from '../graph/cards.ts';

/** A report as a value: what it says, in no format yet. `page`, `markdown` and `csv` write it down. */
export type Report = {
  readonly kind: ReportKind;
  readonly title: string;
  /** One sentence on what it is for. */
  readonly about: string;
  readonly subject: Subject;
  /** The few figures to look at first. */
  readonly figures: readonly Figure[];
  readonly cards: readonly Card[];
  /** The names of the stages by position, which give the drawing its colours. */
  readonly stages: readonly string[];
  readonly sections: readonly Section[];
};

export const reportKinds = ['cmdb', 'releases', 'compliance', 'capacity'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** What a report speaks of, so that a printed sheet can be told from a later one. */
export type Subject = {
  readonly environment: string;
  readonly revision: number;
  /** When the state was read (ISO 8601, UTC). */
  readonly moment: string;
  readonly cmanage: string;
};

export type Tone = 'good' | 'bad' | 'warn' | 'dim';

export type Figure = { readonly label: string; readonly value: string; readonly tone?: Tone };

/** A table with its heading. */
export type Section = {
  /** What the table is called with `--table`, and in links. */
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** `data` is in CSV and JSON alone: the same for programs, one fact a row. */
  readonly for?: 'data';
};

/** `time` is never broken into lines; `narrow` are many alike with a heading that stands upright, such as one for each rule. */
export type Column = { readonly name: string; readonly kind: 'text' | 'number' | 'time' | 'narrow' };

export type Cell = string | number | MarkedCell;

/** A cell with a colour, or with a bar of a share from 0 to 1. The text alone says everything. */
export type MarkedCell = {
  readonly text: string;
  readonly tone?: Tone;
  readonly share?: number;
};

export function columns(...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, kind: 'text' }));
}

export function numbers(...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, kind: 'number' }));
}

export function times(...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, kind: 'time' }));
}

export function textOf(cell: Cell): string {
  return typeof cell === 'object' ? cell.text : String(cell);
}
