import { Chalk } from 'chalk';
import { describe, expect, it } from '@jest/globals';
import { cardText, tableChunks, type KindSheet } from '../../src/report/sheetLayout.ts';
import { widthOf } from '../../src/report/wrap.ts';

const plain = new Chalk({ level: 0 });
const coloured = new Chalk({ level: 1 });

function sheet(
  rows: readonly (readonly (string | number | null)[])[],
  more: Partial<KindSheet> = {},
): KindSheet {
  return {
    head: ['Name', 'Image', 'Port', 'Endpoints'],
    names: ['name', 'image', 'port', 'endpoints'],
    ranks: [undefined, 9, 3, undefined],
    wraps: [],
    rows: rows.map((row) => row.map((value) => String(value ?? '-'))),
    values: rows,
    isNumber: [false, false, true, false],
    toneAt: () => null,
    ...more,
  };
}

const two = sheet([
  ['webapp', 'registry.example.net/larhauga/webapp', 80, 'prod:80 qa:8081 dev:8082'],
  ['mail', 'registry.example.net/larhauga/mail', 8025, null],
]);

function drawn(table: KindSheet, width: number, colour = plain): { text: string; left: readonly string[] } {
  const chunks = tableChunks(table, width, colour);
  const pieces: string[] = [];
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done === true) return { text: pieces.join('\n'), left: next.value };
    pieces.push(next.value);
  }
}

describe('tableChunks', () => {
  it('draws borders where there is room, with numbers to the right', () => {
    expect(drawn(two, 120)).toEqual({
      text: [
        '┌────────┬──────────────────────────────────────┬──────┬──────────────────────────┐',
        '│ Name   │ Image                                │ Port │ Endpoints                │',
        '├────────┼──────────────────────────────────────┼──────┼──────────────────────────┤',
        '│ webapp │ registry.example.net/larhauga/webapp │   80 │ prod:80 qa:8081 dev:8082 │',
        '│ mail   │ registry.example.net/larhauga/mail   │ 8025 │ -                        │',
        '└────────┴──────────────────────────────────────┴──────┴──────────────────────────┘',
      ].join('\n'),
      left: [],
    });
  });

  it('does without borders before it leaves a column out', () => {
    const { text, left } = drawn(two, 78);
    expect(text.split('\n')[1]).toBe(
      'webapp  registry.example.net/larhauga/webapp    80  prod:80 qa:8081 dev:8082',
    );
    expect(left).toEqual([]);
  });

  it('leaves columns out by their ranks, says which, and has borders again where there is room', () => {
    expect(drawn(two, 60)).toMatchObject({ left: ['image'], text: expect.stringMatching(/^┌/) as unknown });
    expect(drawn(two, 36)).toEqual({
      text: ['Name    Endpoints', 'webapp  prod:80 qa:8081 dev:8082', 'mail    -'].join('\n'),
      left: ['image', 'port'],
    });
  });

  it('wraps long texts before it leaves a column out, down to the width that suits them', () => {
    const wrapping = sheet(two.values, { wraps: [undefined, undefined, undefined, 16] });
    const { text, left } = drawn(wrapping, 70);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Name    Image                                 Port  Endpoints',
      'webapp  registry.example.net/larhauga/webapp    80  prod:80 qa:8081',
      '                                                    dev:8082',
    ]);
    expect(left).toEqual([]);
    expect(drawn(wrapping, 66).left).toEqual(['image']);
  });

  it('indents what goes on of a name, so that it does not look like the next row', () => {
    const long = sheet([['international-customer-hub', null, 80, 'prod:80']]);
    expect(drawn(long, 34).text.split('\n').slice(-2)).toEqual(['international-customer-  prod:80', '  hub']);
  });

  it('has its heading in bold, line by line', () => {
    expect(drawn(two, 120, coloured).text.match(/\u001b\[1m[^\u001b]*/g)).toHaveLength(4);
  });

  it('does not tear a short text apart while there is a longer one', () => {
    const head = ['Name', 'Image', 'Health', 'Endpoints'];
    const names = sheet([['a-name-of-many-letters', null, '3 running', 'prod:80 qa:8081 dev:8082']], {
      head,
      ranks: [undefined, 9, undefined, undefined],
    });
    expect(drawn(names, 40).text).toContain('3 running');
  });

  it('wraps what must stay between words', () => {
    expect(drawn(two, 24).text).toBe(
      ['Name    Endpoints', 'webapp  prod:80 qa:8081', '        dev:8082', 'mail    -'].join('\n'),
    );
  });

  it.each([20, 40, 60, 80, 160])('is never wider than %p columns, and shows each name whole', (width) => {
    const { text } = drawn(two, width);
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
    expect(text).toContain('webapp');
  });

  it.each([60, 160])('looks the same in pieces as in one: %p columns', (width) => {
    const many = sheet(Array.from({ length: 250 }, (_, index) => [`web${index}`, 'image', index, 'prod:80']));
    const lines = drawn(many, width).text.split('\n');
    expect(lines).toHaveLength(250 + 4);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.filter((line) => line.includes('Name'))).toHaveLength(1);
    expect(lines.filter((line) => /^[┌├└]/.test(line)).map((line) => line[0])).toEqual(['┌', '├', '└']);
    expect(lines.slice(3, -1).map((line) => /web(\d+)/.exec(line)?.[1])).toEqual(
      many.rows.map((_, index) => String(index)),
    );
  });

  it('without borders has its heading once, also where that is wrapped', () => {
    const head = ['Name', 'Image', 'Port', 'A heading of words'];
    const many = sheet(
      Array.from({ length: 150 }, (_, index) => [`web${index}`, 'image', index, 'prod:80 qa']),
      { head },
    );
    const lines = drawn(many, 18).text.split('\n');
    expect(lines.filter((line) => line.includes('Name'))).toHaveLength(1);
    expect(lines.filter((line) => /^web\d+/.test(line))).toHaveLength(150);
  });

  it('draws a piece only when it is asked for', () => {
    const asked: number[] = [];
    const many = sheet(
      Array.from({ length: 1000 }, (_, index) => [`web${index}`, 'image', index, '']),
      {
        toneAt: (row) => {
          asked.push(row);
          return null;
        },
      },
    );
    tableChunks(many, 80, plain).next();
    expect(Math.max(...asked)).toBe(49);
  });

  it('colours a cell line by line, and changes nothing else by it', () => {
    const toned = sheet(two.values, { toneAt: (row, column) => (row === 0 && column === 3 ? 'bad' : null) });
    const { text } = drawn(toned, 24, coloured);
    expect(text).toContain('\u001b[31mprod:80 qa:8081\u001b[39m');
    expect(text).toContain('\u001b[31mdev:8082\u001b[39m');
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(drawn(toned, 24).text);
  });

  it('measures what takes two places on a terminal', () => {
    const { text } = drawn(sheet([['網頁', '🚀', 1, 'e\u0301']]), 80);
    expect(new Set(text.split('\n').map(widthOf)).size).toBe(1);
    expect(text).toContain('│ 網頁 │ 🚀    │    1 │ e\u0301         │');
  });

  it('has its heading without rows', () => {
    expect(drawn(sheet([]), 80).text.split('\n')).toHaveLength(3);
  });
});

describe('cardText', () => {
  it('has a line for each value, wrapped, and none for what is not there', () => {
    expect(cardText(sheet([['webapp', null, 80, 'prod:80 qa:8081 dev:8082']]), 32, plain)).toBe(
      ['Name       webapp', 'Port       80', 'Endpoints  prod:80 qa:8081', '           dev:8082'].join('\n'),
    );
  });
});
