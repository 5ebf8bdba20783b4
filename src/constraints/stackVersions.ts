import { containersOf } from '../model/lookup.ts';
import type { Container, Stack } from '../model/state.ts';
import { compareInOrder, defaultOrder, whyUnordered } from '../model/versionOrder.ts';
import { constraint, countedAlike, type Finding } from './constraint.ts';

const parameters = {
  /** `incremental` allows a later version above an earlier one, `equal` the same one. */
  order: ['incremental', 'equal'] as readonly string[],
  ...defaultOrder,
  /** What to do with a tag that has no order (`latest`, a git hash): `refuse` it, `warn`, or `allow` it anywhere. */
  unordered: 'refuse',
};

export const stackVersions = constraint({
  code: 'stack-versions',
  kind: 'correct',
  summary: 'Versions do not decrease up a stack (thesis 4.1, rule 4).',
  parameters,
  choices: {
    order: ['incremental', 'equal'],
    by: ['semver', 'date', 'created'],
    unordered: ['refuse', 'warn', 'allow'],
  },
  judge: ({ state }, parametersOf) =>
    state.stacks.flatMap((stack) => {
      const containers = containersOf(state, stack.name);
      const rule = parametersOf(stack.service);
      return countedAlike(
        containers.flatMap((upper, position) => judgeOn(stack, containers.slice(0, position), upper, rule)),
      );
    }),
});

/**
 * Judges a container on those below it. A tag without an order in between hides nothing: the nearest one below that is
 * later is what it may not stand on. Otherwise only its neighbour counts.
 */
function judgeOn(
  stack: Stack,
  below: readonly Container[],
  upper: Container,
  rule: typeof parameters,
): Finding[] {
  const later = below.findLast((lower) => (compareInOrder(rule, lower, upper) ?? 0) > 0);
  const lower = later ?? below.at(-1);
  return lower ? judgePair(stack, lower, upper, rule) : [];
}

function judgePair(stack: Stack, lower: Container, upper: Container, rule: typeof parameters): Finding[] {
  // The same two versions on a twin, or moved by a pop, are the same breach.
  const breach = { counts: stack.service, aspect: `${lower.version} ${upper.version}` };
  const about = { service: stack.service, object: upper.name, ...breach };
  const where = `on ${lower.version} at position ${lower.position} of ${stack.name}`;
  const order = compareInOrder(rule, lower, upper);
  if (order === null) {
    if (rule.unordered === 'allow') return [];
    const fact = `${upper.version} cannot stand ${where}: ${reasonsOf(lower, upper, rule)}`;
    const remedy = `${remedies[rule.by] ?? ''}, or set stack-versions: by or unordered in rules.yml`;
    return [{ ...about, fact, remedy, ...(rule.unordered === 'warn' ? { atMost: 'warn' } : {}) }];
  }
  if (order > 0) {
    const fact = `${upper.version} cannot stand ${where}, which is later`;
    return [{ ...about, fact, remedy: `release ${lower.version} or later` }];
  }
  const needed = order === 0 ? 'equal' : 'incremental';
  if (rule.order.includes(needed)) return [];
  const fact = `${upper.version} stands ${where}, and rules.yml allows only ${rule.order.join(' and ')} versions`;
  return [{ ...about, fact, remedy: `choose another version, or add ${needed} to stack-versions: order` }];
}

function reasonsOf(lower: Container, upper: Container, rule: typeof parameters): string {
  const reasons = [lower, upper].flatMap((container) => whyUnordered(rule, container) ?? []);
  return reasons.length === 0
    ? 'both images were made at the same time'
    : [...new Set(reasons)].join(', and ');
}

const remedies: Readonly<Record<string, string>> = {
  semver: 'use versions such as v1.2',
  date: 'use tags that match its date pattern',
  created: 'pop the older ones away while stack-versions: unordered is warn for it',
};
