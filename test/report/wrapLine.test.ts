import { describe, expect, it } from '@jest/globals';
import { wrapLine, wrapLines } from '../../src/report/wrapLine.ts';

describe('wrapLine', () => {
  it('indents what follows a line that is too long for the terminal', () => {
    const line = '  webapp: prod v0.1 → v0.2, qa v0.2 → v0.3';
    expect(wrapLine(line, 28)).toBe('  webapp: prod v0.1 → v0.2,\n    qa v0.2 → v0.3');
    expect([wrapLine(line, 80), wrapLine(line, null)]).toEqual([line, line]);
  });

  it('does not break a command in quotes, so that it can be copied, unless it is longer than a line', () => {
    const line = "webapp is frozen: the freeze is lifted by 'cmanage unlock webapp'.";
    expect(wrapLine(line, 56)).toBe("webapp is frozen: the freeze is lifted by\n  'cmanage unlock webapp'.");
    expect(wrapLine(line, 20).split('\n').slice(-2)).toEqual(["  lifted by 'cmanage", "  unlock webapp'."]);
  });

  it('keeps the columns of a line that is broken, and does not count colours', () => {
    expect(wrapLine('1   done   webapp-stack1 started', 24)).toBe('1   done   webapp-stack1\n  started');
    const red = '\u001b[31mfailed\u001b[39m: it';
    expect(wrapLine(red, 10)).toBe(red);
  });

  it('breaks each line of a text by itself', () => {
    expect(wrapLines('one two\nthree four', 8)).toBe('one two\nthree\n  four');
  });
});
