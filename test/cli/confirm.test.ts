import { afterEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { askFor, isConfirmed, type Person } from '../../src/cli/confirm.ts';

import { stackChanges } from '../../src/plan/preview.ts';
import type { Preview } from '../../src/report/preview.ts';

import { makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const { rules } = makeEnvironment();
const hosts = ['docker01', 'docker02'];
const [low, high] = [
  ['v1', 'v2', 'v3'],
  ['v1', 'v2', 'v3', 'v4'],
].map((versions) => makeState({ webapp: { hosts, versions } })) as [
  ReturnType<typeof makeState>,
  ReturnType<typeof makeState>,
];

function previewOf(before: typeof low, after: typeof low): Preview {
  const plan = planOf(before, after);
  const stacks = stackChanges(before, after);
  return { command: 'scale webapp', allowed: true, violations: [], stacks, trees: [], plan };
}
const [taking, adding] = [previewOf(high, low), previewOf(low, high)];

const people: PassThrough[] = [];
afterEach(() => {
  for (const stream of people.splice(0)) stream.destroy();
});

/** Somebody at the terminal, or nobody, and what they get to read. */
function somebody(isThere: boolean): Person & { input: PassThrough; said: () => string } {
  const [input, output] = [new PassThrough(), new PassThrough()];
  people.push(input, output);
  let said = '';
  output.on('data', (text: Buffer) => (said += text.toString()));
  return { input, output, isThere, said: () => said };
}

describe('isConfirmed', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
  ])('asks the person, who answers %j', async (answer, expected) => {
    const person = somebody(true);
    person.input.write(answer);
    expect(await isConfirmed('always', taking, rules, { output: 'table' }, person)).toBe(expected);
    expect(person.said()).toContain(
      'scale webapp:\n  webapp: position 3 v4 gone on 2 hosts\n  2 containers go: webapp-stack1-app4 on docker01, webapp-stack2-app4 on docker02\n',
    );
    expect(person.said()).toContain('Go on? [y/N] ');
    expect(person.said().includes('Nothing was touched.')).toBe(!expected);
  });

  it('takes the end of the input for a no', async () => {
    const person = somebody(true);
    person.input.end();
    expect(await isConfirmed('always', taking, rules, { output: 'table' }, person)).toBe(false);
  });

  it('asks only where containers go, if that is asked for', async () => {
    const person = somebody(true);
    expect(await isConfirmed('where-containers-go', adding, rules, { output: 'table' }, person)).toBe(true);
    expect(person.said()).toBe('');
    person.input.write('n\n');
    expect(await isConfirmed('where-containers-go', taking, rules, { output: 'table' }, person)).toBe(false);
  });

  it.each([
    ['there is nobody', false, { output: 'table' }],
    ['the answer is for programs', true, { output: 'json' }],
    ['it was said before', true, { output: 'table', yes: true }],
  ] as const)('asks nobody where %s', async (_why, isThere, options) => {
    const person = somebody(isThere);
    expect(await isConfirmed('always', taking, rules, options, person)).toBe(true);
    expect(await askFor(['an outage'], options, person)).toBe(true);
    expect(person.said()).toBe('');
  });

  it('never asks for a command that takes nothing away', async () => {
    expect(await isConfirmed('never', taking, rules, { output: 'table' }, somebody(true))).toBe(true);
  });
});
