import { describe, expect, it } from '@jest/globals';
import { Chalk } from 'chalk';
import type { Plan, Step } from '../../src/plan/step.ts';
import { planLines, shortDigest, stepLines } from '../../src/report/planText.ts';

const base = { needs: [], because: 'of a test' };
const digest = `sha256:0123456789ab${'c'.repeat(52)}`;

function plan(count: number): Plan {
  const check = (seq: number): Step => ({
    ...base,
    seq,
    kind: 'check_host',
    host: 'docker01',
    object: 'engine',
  });
  return { steps: Array.from({ length: count }, (_, index) => check(index + 1)), pivot: 0 };
}

describe('stepLines', () => {
  const style = (columns: number | null) => ({ columns, colour: new Chalk({ level: 0 }) });

  it('are those of the plan where they fit', () => {
    for (const columns of [60, null]) expect(stepLines(plan(2), style(columns))).toEqual(planLines(plan(2)));
  });

  it('have the reasons below them on a narrow terminal, once where several have the same', () => {
    expect(stepLines(plan(2), style(32))).toEqual([
      '1  check_host  docker01  engine',
      '2  check_host  docker01  engine',
      '   of a test',
    ]);
  });
});

describe('planLines', () => {
  it('of no step are none', () => {
    expect(planLines(plan(0))).toEqual([]);
  });

  it('have columns as wide as their widest cell, and no blank at the end', () => {
    const wide: Step = {
      ...base,
      seq: 2,
      kind: 'pull_image',
      host: 'h',
      object: 'a:v1',
      image: `a@${digest}`,
    };
    const bare: Step = {
      ...base,
      seq: 3,
      kind: 'check_host',
      host: 'a-long-host',
      object: 'engine',
      because: '',
    };
    expect(planLines({ steps: [...plan(1).steps, wide, bare], pivot: 0 })).toEqual([
      '1  check_host  docker01     engine               of a test',
      '2  pull_image  h            a:v1 (0123456789ab)  of a test',
      '3  check_host  a-long-host  engine',
    ]);
  });

  it('have their numbers at the right', () => {
    const lines = planLines(plan(100));
    expect(lines[0]).toBe('  1  check_host  docker01  engine  of a test');
    expect(lines[99]).toBe('100  check_host  docker01  engine  of a test');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});

describe('shortDigest', () => {
  it.each([
    [digest, '0123456789ab'],
    [`registry.example/a@${digest}`, '0123456789ab'],
    ['sha256:abc', 'sha256:abc'],
    ['', ''],
  ])('of %s is %s', (text, short) => {
    expect(shortDigest(text)).toBe(short);
  });
});
