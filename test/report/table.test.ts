import { describe, expect, it } from '@jest/globals';
import { renderAs, renderSheet } from '../../src/report/table.ts';

const sheet = {
  head: ['Name', 'Port'],
  rows: [
    ['webapp', '80'],
    ['mail', '25'],
  ],
};

describe('renderSheet', () => {
  it('has borders on a terminal, and a line below the heading alone', () => {
    expect(renderSheet(sheet, true)).toBe(
      [
        '┌────────┬──────┐',
        '│ Name   │ Port │',
        '├────────┼──────┤',
        '│ webapp │ 80   │',
        '│ mail   │ 25   │',
        '└────────┴──────┘',
      ].join('\n'),
    );
  });

  it('has tabs and no borders in a pipe', () => {
    expect(renderSheet(sheet, false)).toBe('Name\tPort\nwebapp\t80\nmail\t25');
  });

  it.each([true, false])('has its heading without rows (terminal: %p)', (terminal) => {
    expect(renderSheet({ ...sheet, rows: [] }, terminal)).toContain('Name');
  });
});

describe('renderAs', () => {
  const data = { name: 'webapp', ports: [80, 81], url: null };
  const asked: string[] = [];
  const people = (): string => {
    asked.push('sheet');
    return 'for people';
  };

  it.each([
    ['table', 'for people'],
    ['json', '{\n  "name": "webapp",\n  "ports": [\n    80,\n    81\n  ],\n  "url": null\n}'],
    ['yaml', 'name: webapp\nports:\n  - 80\n  - 81\nurl: null'],
  ] as const)('%s', (format, expected) => {
    expect(renderAs(format, data, people)).toBe(expected);
  });

  it('draws a table only for those who want one', () => {
    asked.length = 0;
    renderAs('json', data, people);
    expect(asked).toEqual([]);
  });
});
