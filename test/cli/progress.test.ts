import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { progressOn, type Teller } from '../../src/cli/progress.ts';

import type { Step } from '../../src/plan/step.ts';

import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const hosts = ['docker01', 'docker02'];
const plan = planOf(makeState(), makeState({ webapp: { hosts } }));
const stepOf = (kind: Step['kind'], host: string): Step => {
  const step = plan.steps.find((one) => one.kind === kind && one.host === host);
  if (!step) throw new Error(`no ${kind} on ${host}`);
  return step;
};
const [one, two] = hosts.map((host) => stepOf('pull_image', host)) as [Step, Step];

type Sized = { isTTY: boolean; columns: number; rows: number };

/** Progress on a stream of a kind, and what was written to it. */
function scene(
  how: { readonly quiet?: boolean; readonly output?: 'table' | 'json' },
  size: Sized | null = null,
): { teller: Teller; said: () => string } {
  const stream = Object.assign(new PassThrough(), size ?? {}) as unknown as NodeJS.WriteStream & PassThrough;
  let said = '';
  stream.on('data', (text: Buffer) => (said += text.toString()));
  const teller = progressOn(stream, { operation: 7, plan }, { quiet: false, output: 'table', ...how });
  return { teller, said: () => said };
}

function play({ step, event, end }: Teller): void {
  event({
    event: 'begun',
    operation: 7,
    command: 'pop',
    actor: 'a@b',
    reason: null,
    steps: plan.steps.length,
  });
  step({ step: one, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
  step({ step: two, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
  step({ step: one, phase: 'done', undoing: false, text: 'pulled', milliseconds: 1234 });
  step({ step: two, phase: 'failed', undoing: false, text: 'gone\u001b[2J', milliseconds: 50 });
  end();
}

/** What a terminal shows in the end: the escape sequences that are used here are obeyed. */
function shown(text: string): string[] {
  const lines = [''];
  for (const part of text.split(/(\u001b\[\d+A\r\u001b\[J|\n)/)) {
    const up = /^\u001b\[(\d+)A/.exec(part);
    if (up) lines.splice(lines.length - 1 - Number(up[1]), Infinity, '');
    else if (part === '\n') lines.push('');
    else lines.push(`${lines.pop() ?? ''}${stripVTControlCharacters(part)}`);
  }
  return lines;
}

describe('progress', () => {
  const ended = [
    `done ${String(one.seq).padStart(2)} pull_image docker01 ${one.object}: pulled (1.23 s)`,
    `failed ${String(two.seq).padStart(2)} pull_image docker02 ${two.object}: gone\\u001b[2J (0.05 s)`,
  ];

  it('is a line for each step that ended, in a pipe', () => {
    const { teller, said } = scene({});
    play(teller);
    expect(said()).toBe(`${ended.join('\n')}\n`);
  });

  it('is nothing with --quiet', () => {
    for (const output of ['table', 'json'] as const) {
      const { teller, said } = scene({ quiet: true, output });
      play(teller);
      expect(said()).toBe('');
    }
  });

  it('is a line of JSON for each event with -o json', () => {
    const { teller, said } = scene({ output: 'json' });
    play(teller);
    const events = said()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, phase, operation }) => [event, phase, operation])).toEqual([
      ['begun', undefined, 7],
      ['step', 'begun', 7],
      ['step', 'begun', 7],
      ['step', 'done', 7],
      ['step', 'failed', 7],
    ]);
    expect(events[3]).toEqual({
      ...{ time: expect.any(String), event: 'step', operation: 7, seq: one.seq, kind: 'pull_image' },
      ...{
        host: 'docker01',
        object: one.object,
        phase: 'done',
        undoing: false,
        text: 'pulled',
        seconds: 1.234,
      },
    });
  });

  it.each([80, 160])('shows on a terminal of %i columns what is under way on each host', (columns) => {
    const { teller, said } = scene({}, { isTTY: true, columns, rows: 24 });
    teller.step({ step: one, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    teller.step({ step: two, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    const lines = shown(said());
    expect(lines[0]).toMatch(/^0 of \d+ steps, 0\.\d s$/);
    expect(lines[1]).toMatch(/^ {2}docker01 {2}0\/\d+ {2}0\.\d s {2}pull_image /);
    expect(lines[2]).toMatch(/^ {2}docker02 {2}0\/\d+ {2}0\.\d s {2}pull_image /);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    teller.end();
  });

  it('leaves the steps that ended on the terminal, and nothing else', () => {
    const { teller, said } = scene({}, { isTTY: true, columns: 200, rows: 24 });
    play(teller);
    expect(shown(said())).toEqual([
      `done    ${one.seq}   1.23 s  pull_image        docker01  ${one.object}: pulled`,
      `failed  ${two.seq}   0.05 s  pull_image        docker02  ${two.object}: gone\\u001b[2J`,
      '',
    ]);
  });

  it('keeps a step on a line of a narrow terminal, but what failed is read whole', () => {
    const { teller, said } = scene({}, { isTTY: true, columns: 72, rows: 24 });
    const text = 'one two three four five six seven';
    teller.step({ step: one, phase: 'done', undoing: false, text, milliseconds: 1000 });
    teller.step({ step: two, phase: 'failed', undoing: false, text, milliseconds: 1000 });
    teller.end();
    expect(shown(said())).toEqual([
      'done    3   1.00 s  pull_image        docker01  webapp:v0.1: one two th…',
      'failed  6   1.00 s  pull_image        docker02  webapp:v0.1: one two',
      '  three four five six seven',
      '',
    ]);
  });

  it('draws no more than the terminal has room for', () => {
    const { teller, said } = scene({}, { isTTY: true, columns: 80, rows: 4 });
    teller.step({ step: one, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    teller.step({ step: two, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    expect(shown(said())).toEqual([expect.stringContaining('of'), 'and 2 more', '']);
    teller.end();
  });

  it('draws nothing more over the question that an interruption asks', () => {
    const { teller, said } = scene({}, { isTTY: true, columns: 80, rows: 24 });
    teller.step({ step: one, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    process.emit('SIGINT', 'SIGINT');
    teller.step({ step: two, phase: 'begun', undoing: false, text: '', milliseconds: 0 });
    expect(shown(said())).toEqual(['']);
    teller.end();
  });
});
