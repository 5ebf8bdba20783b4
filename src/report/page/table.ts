import { markup } from '../markup.ts';
import { textOf, type Cell, type Column, type Section } from '../audit/report.ts';

/** So many rows are in the page at once; the others are parsed when they are looked at (`script.ts`). */
const rowsAtOnce = 100;

/**
 * A table. It is whole without the script, too: what comes after the first rows stands in a `noscript`, which a browser without scripts shows as a
 * second table, and one with scripts reads as a mere text, so that a page with 100,000 rows opens at once. Each row is one line.
 */
export function tableHtml({ columns, rows }: Section): string {
  const head = `<thead><tr>${columns.map(headHtml).join('')}</tr></thead>`;
  const style = columns.some(({ kind }) => kind === 'narrow') ? 'tight' : 'cardtable';
  const lines = rows.map(
    (row) => `<tr>${row.map((cell, index) => cellHtml(cell, columns[index])).join('')}</tr>`,
  );
  const [first, later] = [lines.slice(0, rowsAtOnce), lines.slice(rowsAtOnce)];
  return [
    `<div class="table" data-rows="${rows.length}">`,
    `<table class="${style}">${head}<tbody>`,
    ...first,
    '</tbody></table>',
    ...(later.length === 0
      ? []
      : [`<noscript><table class="${style}">${head}<tbody>`, ...later, '</tbody></table></noscript>']),
    '</div>',
  ].join('\n');
}

function headHtml({ name, kind }: Column): string {
  const title = markup(name);
  if (kind === 'narrow') return `<th class="narrow" scope="col"><span>${title}</span></th>`;
  return `<th${kind === 'number' ? ' class="number"' : ''} scope="col">${title}</th>`;
}

function cellHtml(cell: Cell, column: Column | undefined): string {
  const shown = textOf(cell);
  const text = markup(shown);
  const { tone, share } = typeof cell === 'object' ? cell : {};
  const classes = [
    ...(column?.kind === 'text' ? [] : [column?.kind ?? '']),
    ...(tone ? [tone] : []),
    ...(shown === '-' ? ['none'] : []),
  ];
  const style = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  const bar = share === undefined ? '' : `<meter max="1" high=".9" value="${share.toFixed(3)}"></meter> `;
  return `<td${style}>${bar}${text}</td>`;
}
