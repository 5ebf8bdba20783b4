import { Chalk } from 'chalk';
import { describe, expect, it } from '@jest/globals';
import { findingsText } from '../../src/report/findings.ts';
import { widthOf } from '../../src/report/wrap.ts';

const colour = new Chalk({ level: 0 });
const sheet = {
  head: ['Where', 'What', 'Fact', 'Remedy'],
  rows: [
    ['docker01', 'webapp-stack1-app1', 'docker01 does not have it', "'cmanage heal' makes it run again"],
    ['lb01', 'haproxy.cfg', 'it was edited by hand', '-'],
  ],
};
const text = (columns: number | null): string =>
  findingsText(sheet, { columns, colour }, (row) => (line) => (row === 0 ? `! ${line}` : line));

describe('findingsText', () => {
  it('is a table where each finding has room on a line, and lines with tabs in a pipe', () => {
    expect(text(120)).toContain('│ lb01     │ haproxy.cfg        │');
    expect(text(null).split('\n')[2]).toBe('lb01\thaproxy.cfg\tit was edited by hand\t-');
  });

  it('has the fact and the remedy of each below it where a terminal is narrower, and no remedy where there is none', () => {
    expect(text(44).split('\n')).toEqual([
      '! docker01  webapp-stack1-app1',
      '  docker01 does not have it',
      "  → 'cmanage heal' makes it run again",
      'lb01      haproxy.cfg',
      '  it was edited by hand',
    ]);
  });

  it.each([24, 30, 60])('is never wider than %i columns', (columns) => {
    const lines = findingsText(sheet, { columns, colour }, () => (line) => line).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
  });
});
