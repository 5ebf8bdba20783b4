import { UserError } from '../../model/errors.ts';
import { csvText } from '../../report/csv.ts';
import type { Listing } from '../../report/listing.ts';
import { markdownTable } from '../../report/markdown.ts';
import type { RowTemplate } from '../../report/rowTemplate.ts';
import { cardText, tableChunks } from '../../report/sheetLayout.ts';
import { paint } from '../../report/style.ts';
import { lineByLine, renderAs, renderSheet } from '../../report/table.ts';
import { wrapText } from '../../report/wrap.ts';
import type { ShowFormat } from '../commands/show.ts';

/** What `show` answers: the same for programs, files and people. */
export type Answer = {
  readonly data: () => unknown;
  /** What was asked for, and then what else there is to see of it. CSV and templates get the first one only. */
  readonly listings: readonly [Listing, ...Listing[]];
  /** Whether the first one is of a single row that all others are about. */
  readonly isOne?: boolean;
  /** What the first one belongs to, of which people at a terminal are told before it, such as the operation of some steps. */
  readonly about?: Listing;
  /** Where columns that were left out can be seen; without it, by `--columns`. */
  readonly elsewhere?: string;
  /** What people get in place of the tables: drawings, or that there is nothing. */
  readonly texts?: readonly string[];
};

/** The answer of one kind; with `details` where it is of one row, what else there is to see of that, unless a filter left it out. */
export function answerOf(listing: Listing, details: readonly Listing[] = []): Answer {
  const isOne = details.length > 0 && listing.count === 1;
  return { data: listing.entries, listings: [listing, ...(isOne ? details : [])], isOne };
}

/** The same where a pipe, too, is told in words that there is nothing. */
export function orNone(answer: Answer): Answer {
  const [{ count, none }] = answer.listings;
  return count > 0 ? answer : { ...answer, texts: [none] };
}

export type Rendering = {
  readonly format: Exclude<ShowFormat, 'schema'>;
  readonly template: RowTemplate | null;
  /** Columns of the terminal; null where there is none. */
  readonly width: number | null;
};

/** The answer as text, piece by piece: what is on later pages is made when it is read. Pieces are joined by line breaks. */
export function* rendered(answer: Answer, { format, template, width }: Rendering): Generator<string> {
  const [first] = answer.listings;
  switch (format) {
    case 'json':
    case 'yaml':
      yield renderAs(format, answer.data(), () => '');
      return;
    case 'csv':
      yield csvOf(first);
      return;
    case 'markdown':
      yield answer.listings.map((listing) => markdownTable(listing.sheet('screen'))).join('\n\n');
      return;
    case 'template':
      if (!template) throw new UserError("-o template needs one: give it by --template '{{name}}'");
      if (first.count > 0) yield first.lines(template).join('\n');
      return;
    case 'table':
      yield* width === null ? forPipe(answer) : forScreen(answer, width);
  }
}

/** Its head has the names of the columns, as every other option calls them. */
function csvOf(listing: Listing): string {
  const { names, values } = listing.sheet('file');
  return csvText(names, values);
}

function* forPipe({ listings, texts }: Answer): Generator<string> {
  yield (texts ?? listings.map((listing) => renderSheet(listing.sheet('pipe'), null))).join('\n\n');
}

/** The answer for a terminal of so many columns, piece by piece. */
export function* forScreen(
  { listings, about, texts, isOne = false, elsewhere }: Answer,
  width: number,
): Generator<string> {
  if (texts && listings[0].count > 0) {
    yield texts.join('\n\n');
    return;
  }
  const colour = paint(process.stdout, process.env);
  const [first, ...details] = listings;
  const whole = isOne ? first : about;
  // Of one by its name there is room for everything.
  if (whole) yield cardText(whole.sheet('file'), width, colour);
  const left: string[] = [];
  for (const [index, listing] of (isOne ? details : listings).entries()) {
    if (whole || index > 0) yield '';
    if (listing.count === 0) yield wrapText(listing.none, width);
    // Below what stands without borders, tables with and without them by turns would look like a mistake.
    else left.push(...(yield* tableChunks(listing.sheet('screen'), width, colour, !whole)));
  }
  if (left.length === 0) return;
  const note = `Too narrow for ${[...new Set(left)].join(', ')}: ${elsewhere ?? 'name those you want by --columns'}.`;
  yield lineByLine(wrapText(note, width), colour.dim);
}
