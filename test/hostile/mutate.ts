/** Hostile inputs by grammar: valid samples, changed by what breaks readers, terminals, shells and HAProxy's configuration. */

export type Random = () => number;

/** Short texts that mean something to somebody: a line break, an escape sequence, a key, a number too large. */
const tokens: readonly string[] = [
  ...[
    '\n',
    '\r\n',
    '\0',
    '\t',
    ' ',
    '"',
    "'",
    '`',
    '\\',
    '#',
    '$',
    ';',
    '|',
    '&',
    '<',
    '>',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '/',
    '%',
    '=',
    '@',
    '!',
    '*',
    '?',
    '-',
    '--',
    '.',
    '..',
  ],
  ...['\u001b[31m', '\u001b]0;title\u0007', '\u009b2J', '\u0007', '\b\b\b', '\u007f', '\u0085'],
  ...[
    '\u202e',
    '\u2066',
    '\u200b',
    '\ufeff',
    '\u061c',
    '\u2028',
    '\ud800',
    '\udfff',
    'é',
    '名前',
    '🐳',
    'a\u0301',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'null',
    'true',
    'undefined',
    'NaN',
  ],
  ...['0', '-1', '1e309', '9007199254740993', '0x10', '1_000', '٣', '-0', '00', '65536', '4294967296'],
  ...[
    '$(reboot)',
    '`reboot`',
    '; reboot',
    '../../etc/passwd',
    '-oProxyCommand=reboot',
    'file:///etc/passwd',
    '%s%n',
    '${IFS}',
  ],
  ...[
    '\nbackend evil\n    server x 192.0.2.1:80',
    '\n    bind *:22',
    "'\nreboot\n'",
    '\nEND_OF_CONTENT\n',
    '\u0000\u0000',
    '&a [*a]',
    '!!js/function "x"',
    '<<: *a',
  ],
];

export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

export function below(random: Random, most: number): number {
  return Math.floor(random() * most);
}

/** A text that somebody might type, or a service might answer, to do harm. */
export function hostileText(random: Random): string {
  const kind = random();
  if (kind < 0.05) return oneOf(random, tokens).repeat(1 + below(random, 300));
  if (kind < 0.07)
    return oneOf(random, ['a', '[', '{', '(', '-', ' ', '"', '1', '\n']).repeat(below(random, 20_000));
  if (kind < 0.3) return Array.from({ length: 1 + below(random, 4) }, () => oneOf(random, tokens)).join('');
  if (kind < 0.4)
    return String.fromCharCode(...Array.from({ length: below(random, 30) }, () => below(random, 0x10000)));
  return oneOf(random, tokens);
}

/** A sample with some changes: insertions, cuts, repetitions, exchanges. */
export function mutated(random: Random, sample: string): string {
  let text = sample;
  for (let times = 1 + below(random, 3); times > 0; times--) text = mutatedOnce(random, text);
  return text;
}

function mutatedOnce(random: Random, text: string): string {
  const from = below(random, text.length + 1);
  const to = Math.min(text.length, from + below(random, random() < 0.8 ? 6 : 60));
  switch (below(random, 6)) {
    case 0:
      return text.slice(0, from) + text.slice(to);
    case 1:
      return text.slice(0, from);
    case 2:
      return text.slice(0, to) + text.slice(from);
    case 3:
      return text.slice(0, from) + hostileText(random) + text.slice(to);
    case 4:
      return text.slice(0, from) + String.fromCharCode(below(random, 0x300)) + text.slice(from + 1);
    default:
      return text.slice(0, from) + hostileText(random) + text.slice(from);
  }
}

/** A value of JSON with one part of it replaced by another kind of thing. */
export function mutatedValue(random: Random, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && random() < 0.85) {
    const entries = Object.entries(value);
    if (entries.length > 0) {
      const [key, inner] = oneOf<[string, unknown]>(random, entries);
      if (random() < 0.1) return withoutKey(value, key);
      const next = mutatedValue(random, inner);
      return Array.isArray(value)
        ? value.map((one: unknown, at) => (String(at) === key ? next : one))
        : { ...value, [key]: next };
    }
  }
  return hostileValue(random, value);
}

function withoutKey(value: object, key: string): unknown {
  if (Array.isArray(value)) return value.filter((_, at) => String(at) !== key);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function hostileValue(random: Random, value: unknown): unknown {
  switch (below(random, 9)) {
    case 0:
      return null;
    case 1:
      return oneOf(random, [0, -1, 1e308, 1.5, true, false]);
    case 2:
      return [];
    case 3:
      return {};
    case 4:
      return [value, value];
    case 5:
      return JSON.parse('{"__proto__":{"x":1},"constructor":null}') as unknown;
    case 6:
      return [null, [[[[]]]], ''];
    default:
      return typeof value === 'string' ? mutated(random, value) : hostileText(random);
  }
}
