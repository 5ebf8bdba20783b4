import { describe, expect, it } from '@jest/globals';
import { decode } from './decode.ts';
import { distancesFrom } from './distances.ts';
import { everyWayFrom } from './everyWay.ts';
import { walkerOf } from './exactly.ts';
import { compareAll, startsOf } from './goals.ts';
import { everyChoice } from './goalStates.ts';
import { everyGoal } from './naiveGoals.ts';
import { scopes } from './scopes.ts';

function scopeNamed(wanted: string): (typeof scopes)[number] {
  const scope = scopes.find(({ name }) => name === wanted);
  if (!scope) throw new Error(`no scope is called ${wanted}`);
  return scope;
}

/** `npm test` compares more outside of jest (dist/prove), and `npm run prove -- --scope none --goals long` every pair of the scopes that are small enough. */
describe('the shortest ways to goals', () => {
  it.each([
    ['tags that move', ["a[1:2,2' 2:2,2']{prod>1}"], { lengths: [1, 0, 2], impossible: 1 }],
    ['later only', ['a[1:2,4 2:2,4]{prod>0 qa>1}'], { lengths: [3, 4, 11, 6], impossible: 11 }],
    ['trees of two', ['a[1:2,4]{prod>0(a>b@*)};b[2:2,4]{}'], { lengths: [1, 1], impossible: 1 }],
  ])('are legal, and none is shorter: %s', (name, texts, expected) => {
    const scope = scopeNamed(name);
    const starts = startsOf(texts, scope).slice(0, 1);
    const tally = compareAll(scope, starts);
    expect(tally).toMatchObject({ wrong: [], ...expected });
  });
});

describe('the walk of every way', () => {
  it.each([
    ['no twins', 'a[1:2,4 2:2]{prod>0 qa>1}'],
    ['later only', 'a[1:2,4,6 2:2,4,6]{prod>0 qa>1}'],
    ['trees of two', 'a[1:2]{prod>0(a>b@*)};b[2:2,4]{prod>1}'],
  ])('leads wherever a command may lead, and no farther: %s', (name, text) => {
    const { house } = scopeNamed(name);
    const service = text.includes('b[') ? 'b' : 'a';
    const ground = { service, house, versions: ['v2', 'v4', 'v6'], maxHeight: 4 };
    const start = decode(text, house.hosts);
    const truth = everyWayFrom([start], ground);
    const visited = walkerOf(ground)(start);
    const { still, repointed } = visited.nexts();
    for (const next of [...still, ...repointed]) expect(truth.leads(start, next.state)).toBe(true);
    // Both say the same of every goal that is two commands away at most.
    for (const repoints of [false, true]) {
      const walked = distancesFrom(visited, repoints).within(2);
      for (const wishes of everyGoal(ground.versions, house)) {
        const fewest = truth.fewest(start, wishes, repoints);
        const answers = [...walked].filter(([answer]) =>
          wishes.every(({ stage, version }) => answer.split(' ')[house.stages.indexOf(stage)] === version),
        );
        const least = Math.min(Infinity, ...answers.map(([, commands]) => commands));
        expect([wishes, fewest !== null && fewest <= 2 ? fewest : Infinity]).toEqual([wishes, least]);
      }
    }
  });
});

describe('the starts', () => {
  it('have every choice of versions, each in its order', () => {
    expect(everyChoice("a[1:2,4' 2:2,4']{prod>0};b[1:2]{}", 'a', 3)).toEqual([
      "a[1:2,4' 2:2,4']{prod>0};b[1:2]{}",
      "a[1:2,6' 2:2,6']{prod>0};b[1:2]{}",
      "a[1:4,6' 2:4,6']{prod>0};b[1:2]{}",
    ]);
    expect(everyChoice('a[1:latest,2~b]{};b[2:]{}', 'a', 2)).toEqual([
      'a[1:latest,2~b]{};b[2:]{}',
      'a[1:latest,4~b]{};b[2:]{}',
    ]);
  });
});
