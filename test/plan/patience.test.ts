import { describe, expect, it } from '@jest/globals';
import {
  follow,
  isExhausted,
  secondsOfGrace,
  wornOut,
  type Course,
  type Glance,
} from '../../src/plan/patience.ts';
import { specOf } from '../../src/plan/spec.ts';
import { makeState } from '../support/makeState.ts';

const state = makeState({ webapp: { versions: ['v0.1'] } });
const [row] = state.containers;
if (!row) throw new Error('no container');
const spec = specOf(state, row);
const { deadline } = spec.settings.health;
const glance = (isIll: boolean, more: Partial<Glance> = {}): Glance => ({
  ...{ key: 'docker01 1', spec, isIll, isStarting: false },
  ...more,
});

/** The grace at the end of looks at a container, each at a time, ill or not. */
function graceAfter(looks: readonly (readonly [at: number, isIll: boolean])[], last: Partial<Glance> = {}) {
  let courses: ReadonlyMap<string, Course> = new Map();
  for (const [at, isIll] of looks) courses = follow(courses, [glance(isIll)], at);
  const course = courses.get('docker01 1');
  if (!course) throw new Error('it was not followed');
  return secondsOfGrace(glance(true, last), course, looks.at(-1)?.[0] ?? 0);
}

describe('patience', () => {
  it.each<[string, [number, boolean][], number]>([
    ['one that was never seen well has as long as its deadline', [[100, true]], deadline],
    [
      'from when it was seen first',
      [
        [100, true],
        [130, true],
      ],
      deadline - 30,
    ],
    [
      'and no longer',
      [
        [100, true],
        [100 + deadline, true],
      ],
      0,
    ],
    [
      'one that was well has a short while',
      [
        [100, false],
        [200, true],
      ],
      10,
    ],
    [
      'from the first look that found it ill',
      [
        [100, false],
        [200, true],
        [204, true],
      ],
      6,
    ],
    [
      'and no longer',
      [
        [100, false],
        [200, true],
        [215, true],
      ],
      0,
    ],
    [
      'a good answer in between begins it anew',
      [
        [100, false],
        [200, true],
        [205, false],
        [212, true],
      ],
      10,
    ],
  ])('%s', (_case, looks, seconds) => {
    expect(graceAfter(looks)).toBe(seconds);
  });

  it('waits for a HEALTHCHECK that has not decided', () => {
    expect(
      graceAfter(
        [
          [0, true],
          [999, true],
        ],
        { isStarting: true },
      ),
    ).toBeNull();
  });

  it('forgets what is not seen any more, so that a container that was started again has its grace again', () => {
    const first = follow(new Map(), [glance(false)], 0);
    const again = follow(first, [glance(true, { key: 'docker01 2' })], 50);
    expect([...again]).toEqual([['docker01 2', { firstSeen: 50, illSince: 50, wasWell: false }]]);
  });

  const limits = { repairsPerHour: 3, repairsPerObject: 2 };
  const made = [
    { at: 0, objects: ['a', 'a'] },
    { at: 10, objects: ['a', 'b'] },
    { at: 20, objects: ['b'] },
  ];

  it('counts the repairs of an hour, of all and of each object', () => {
    expect([isExhausted(made, limits, 3599), isExhausted(made, limits, 3600)]).toEqual([true, false]);
    expect([...wornOut(made, limits, 30).keys()]).toEqual(['a', 'b']);
    expect([...wornOut(made, limits, 3605).keys()]).toEqual(['b']);
    expect([...wornOut(made, limits, 3615).keys()]).toEqual([]);
  });
});
