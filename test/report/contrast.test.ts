import { describe, expect, it } from '@jest/globals';
import { graphStyle } from '../../src/report/graph/style.ts';
import { pageStyle } from '../../src/report/page/style.ts';

/** The colours of a page by their names, on light or on dark paper. */
function coloursOf(theme: 'light' | 'dark'): Map<string, string> {
  const rules = [graphStyle, pageStyle].flatMap((style) => {
    const [light = '', dark = ''] = style.match(/:root\{--(?:ink:#1|ink:#e|good)[^}]*\}/g) ?? [];
    return theme === 'light' ? [light] : [light, dark];
  });
  return new Map(
    [...rules.join('').matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

/** Of a colour such as #fff or #14181d (WCAG 2.2, relative luminance). */
function luminance(colour: string): number {
  const digits = colour.slice(1).replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3');
  const [red = 0, green = 0, blue = 0] = (digits.match(/../g) ?? []).map((pair) => {
    const value = Number.parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, two: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the colours on %s paper', (theme) => {
  const colours = coloursOf(theme);
  const between = (one: string, two: string): number => {
    const [first, second] = [one, two].map((name) => colours.get(name));
    if (first === undefined || second === undefined) throw new Error(`no colour ${one} or ${two}`);
    return contrast(first, second);
  };
  const stages = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'px'];

  it.each([
    ...['ink', 'soft', 'good', 'bad', 'warn', 'link'].flatMap((name) => [
      [name, 'paper'],
      [name, 'card'],
    ]),
    ['bad', 'badpaper'],
    ...stages.map((stage) => ['ink', stage]),
  ])('let %s be read on %s', (text = '', ground = '') => {
    expect(between(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(stages)("let an endpoint's line be seen: %s", (stage) => {
    expect(between(`strong-${stage}`, 'paper')).toBeGreaterThanOrEqual(3);
  });
});
