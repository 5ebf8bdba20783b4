import { heightTrees } from '../constraints/heightTrees.ts';
import { hostCapacity } from '../constraints/hostCapacity.ts';
import { stackHeight } from '../constraints/stackHeight.ts';
import { stackTwins } from '../constraints/stackTwins.ts';
import { stackVersions } from '../constraints/stackVersions.ts';
import { versionPinned } from '../constraints/versionPinned.ts';
import type { Environment } from '../model/environment.ts';
import type { RuleSetting } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { refusal, type Violation } from '../model/violation.ts';
import type { Reach } from './everyMove.ts';
import type { Goal } from './goal.ts';
import { whyNot } from './legal.ts';
import { search, type Searched, type Way } from './search.ts';

/**
 * The rules that are in the way of a goal: those that refused a move, and without which alone there would be a way. Where it
 * takes several of them, all that a way without them would break. Each is told as what it says of the first move it refuses.
 */
export function rulesInTheWay(
  start: State,
  goal: Goal,
  {
    reach,
    refusedBy,
    limit,
  }: { readonly reach: Reach; readonly refusedBy: readonly string[]; readonly limit: number },
): Violation[] {
  const unlawful = (codes: readonly string[]): Unlawful => {
    const excused = { ...reach, repoints: true, environment: without(reach.environment, codes) };
    const found = search(start, goal, excused, { states: Math.min(limit, mostStates), moves: Infinity });
    return { ...found, broken: found.way === null ? [] : broken(start, found.way, reach.environment) };
  };
  let codes: readonly string[] = [...new Set([...untried, ...refusedBy])];
  const alone = codes.flatMap((code) => unlawful([code]).broken.slice(0, 1));
  if (alone.length > 0) return alone;
  for (;;) {
    const together = unlawful(codes);
    if (together.broken.length > 0) return firstOfEach(together.broken);
    const others = together.refusedBy.filter((code) => !codes.includes(code));
    if (others.length === 0) return [];
    codes = [...codes, ...others];
  }
}

/** A way that only a rule keeps from being gone is found sooner; without one, all states would be looked at for each rule. */
const mostStates = 100;

/** What these refuse is not even tried (everyMove.ts and bound.ts). */
const untried = [stackVersions, stackTwins, versionPinned, stackHeight, heightTrees, hostCapacity].map(
  ({ code }) => code,
);

/** A search without some rules, and what its way would break. */
type Unlawful = Searched & { readonly broken: readonly Violation[] };

/** What a version that nobody can deliver breaks. */
export function noImage(service: string, version: string): Violation {
  const remedy = `push the image, see 'cmanage upstream ${service}', or name another version`;
  return refusal('container-version', service, `there is no image of version ${version} to be had`, remedy);
}

/** The house without some of its rules, also where it makes exceptions from them. */
function without(environment: Environment, codes: readonly string[]): Environment {
  const { rules } = environment;
  const off = (settings: Readonly<Record<string, RuleSetting>>): Record<string, RuleSetting> => ({
    ...settings,
    ...Object.fromEntries(
      codes.map((code) => [code, { level: 'off' as const, parameters: settings[code]?.parameters ?? {} }]),
    ),
  });
  const overrides = rules.overrides.map((override) => ({ ...override, settings: off(override.settings) }));
  return { ...environment, rules: { ...rules, settings: off(rules.settings), overrides } };
}

function broken(start: State, way: Way, environment: Environment): Violation[] {
  return way.flatMap(({ state }, index) => [...whyNot(way[index - 1]?.state ?? start, state, environment)]);
}

function firstOfEach(violations: readonly Violation[]): Violation[] {
  return violations.filter(
    ({ code }, index) => violations.findIndex((other) => other.code === code) === index,
  );
}
