import { describe, expect, it } from '@jest/globals';
import { wrapLine } from '../../src/report/wrapLine.ts';

describe('wrapLine', () => {
  it('indents what follows a line that is too long for the terminal', () => {
    const line = '  webapp: prod v0.1 → v0.2, qa v0.2 → v0.3';
    expect(wrapLine(line, 28)).toBe('  webapp: prod v0.1 → v0.2,\n    qa v0.2 → v0.3');
    expect([wrapLine(line, 80), wrapLine(line, null)]).toEqual([line, line]);
  });
});
