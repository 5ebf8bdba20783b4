import { describe, expect, it } from '@jest/globals';
import { printable } from '../../src/report/printable.ts';
import { paint } from '../../src/report/style.ts';

describe('printable', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a carriage return', 'done\rfailed', 'done\\u000dfailed'],
    ['a tab', 'a\tb', 'a\\u0009b'],
    ['NUL', 'a\u0000b', 'a\\u0000b'],
    ['a bell and a backspace', '\u0007\u0008', '\\u0007\\u0008'],
    ['delete', '\u007f', '\\u007f'],
    ['a control sequence of eight bits', '\u009b2J', '\\u009b2J'],
    ['an override of the direction', 'a\u202eb', 'a\\u202eb'],
    ['isolates', '\u2066\u2069', '\\u2066\\u2069'],
    ['marks of direction', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
    ['what has no width', '\u200b\u2060\ufeff', '\\u200b\\u2060\\ufeff'],
    ['separators of lines', '\u2028\u2029', '\\u2028\\u2029'],
  ])('shows %s, and does not obey it', (_case, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each(['', 'plain text', 'two\nlines', 'Grüße, 漢字 🐳', 'a\\b'])('leaves %p as it is', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('leaves none of them in any text', () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(printable(all)).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  });
});

describe('paint', () => {
  const terminal = { isTTY: true };

  it.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', { isTTY: false }, {}, false],
    ['what may be anything', {}, {}, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which counts as none', terminal, { NO_COLOR: '' }, true],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ])('on %s', (_case, stream, environment, coloured) => {
    expect(paint(stream, environment).red('x') !== 'x').toBe(coloured);
  });
});
