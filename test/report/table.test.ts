import { describe, expect, it } from '@jest/globals';
import { renderAs, renderSheet } from '../../src/report/table.ts';
import { widthOf, wrapText } from '../../src/report/wrap.ts';

const sheet = {
  head: ['Name', 'Port'],
  rows: [
    ['webapp', '80'],
    ['mail', '25'],
  ],
};

describe('renderSheet', () => {
  it('has borders on a terminal, and a line below the heading alone', () => {
    expect(renderSheet(sheet, 80)).toBe(
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
    expect(renderSheet(sheet, null)).toBe('Name\tPort\nwebapp\t80\nmail\t25');
  });

  it.each([80, null])('has its heading without rows (columns: %p)', (columns) => {
    expect(renderSheet({ ...sheet, rows: [] }, columns)).toContain('Name');
  });
});

describe('renderSheet on a narrow terminal', () => {
  const wide = { head: ['Service', 'Image'], rows: [['web', 'registry.example/a/b one two']] };

  it('does without borders, so that more fits', () => {
    expect(renderSheet(wide, 38)).toBe(
      ['Service  Image', 'web      registry.example/a/b one two'].join('\n'),
    );
  });

  it('wraps the widest column, after hyphens, slashes and dots', () => {
    expect(renderSheet({ ...wide, rows: [...wide.rows, ['db', 'x']] }, 27)).toBe(
      ['Service  Image', 'web      registry.example/', '         a/b one two', 'db       x'].join('\n'),
    );
  });

  it.each([24, 30, 40, 60, 80])('is never wider than %p columns', (columns) => {
    const widths = renderSheet(wide, columns)
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  it.each([1, 7, 8, 20])('loses no character of a word cut to %p', (width) => {
    const text = 'registry.example:5000/larhauga/webapp-with-a-long-name';
    expect(wrapText(text, width).replaceAll('\n', '')).toBe(text);
    expect(widthOf(wrapText(text, width))).toBeLessThanOrEqual(width);
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
