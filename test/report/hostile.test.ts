import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { isPrintable } from '../../src/report/printable.ts';
import { renderAs, renderSheet } from '../../src/report/table.ts';

/** What a terminal obeys: escapes, C1 controls, directions of writing, line breaks that would begin a line of ours. */
const hostile = [
  '\u001b[2Jgone',
  '\u009b31m',
  'a\rb',
  'txt\u202egpj',
  'zero\u200bwidth',
  '\u0000',
  'two\nlines',
  '\u0007',
];

describe('what somebody else has written', () => {
  it.each([null, 200, 30])('obeys nothing that stands in a cell (columns: %p)', (columns) => {
    const text = renderSheet({ head: ['a', 'b'], rows: hostile.map((cell) => [cell, 'ours']) }, columns);
    // In a pipe, the tabs between cells are ours.
    expect(isPrintable(text.replaceAll('\tours', ' ours').replace('a\tb', 'a b'))).toBe(true);
    expect(text).toContain('\\u001b[2Jgone');
    expect(text).toContain('two\\nlines');
  });

  it.each(['json', 'yaml'] as const)(
    'obeys nothing in %s, which means the same when it is read',
    (format) => {
      for (const text of hostile) {
        const data = { name: text, list: [text] };
        const printed = renderAs(format, data, () => '');
        expect(isPrintable(printed)).toBe(true);
        expect(format === 'json' ? JSON.parse(printed) : parse(printed)).toEqual(data);
      }
    },
  );

  it('leaves YAML as it is where nothing is to be escaped', () => {
    expect(renderAs('yaml', { name: 'Grüße' }, () => '')).toBe('name: Grüße');
  });
});
