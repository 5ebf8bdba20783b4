import { containersOf } from '../model/lookup.ts';
import type { Container, Stack } from '../model/state.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import { constraint, type Finding } from './constraint.ts';

const parameters = {
  /** `incremental` allows a later version above an earlier one, `equal` the same one. */
  order: ['incremental', 'equal'] as readonly string[],
  /** What to do with a tag that has no order (`latest`, a git hash): `refuse` it, or `allow` it anywhere. */
  unordered: 'refuse',
};

export const stackVersions = constraint({
  code: 'stack-versions',
  kind: 'correct',
  summary: 'Versions do not decrease up a stack (thesis 4.1, rule 4).',
  parameters,
  choices: { order: ['incremental', 'equal'], unordered: ['refuse', 'allow'] },
  judge: ({ state }, parametersOf) =>
    state.stacks.flatMap((stack) => {
      const containers = containersOf(state, stack.name);
      return containers.slice(1).flatMap((upper, index) => {
        const lower = containers[index];
        return lower ? judgePair(stack, lower, upper, parametersOf(stack.service)) : [];
      });
    }),
});

function judgePair(stack: Stack, lower: Container, upper: Container, rule: typeof parameters): Finding[] {
  const about = { service: stack.service, object: upper.name };
  const where = `on ${lower.version} at position ${lower.position} of ${stack.name}`;
  const order = compareVersions(lower.version, upper.version);
  if (order === null) {
    if (rule.unordered === 'allow') return [];
    const unordered = [lower, upper].filter((container) => !parseVersion(container.version));
    const tags = unordered.map((container) => container.version).join(' and ');
    const fact = `${upper.version} cannot stand ${where}: ${tags} has no order`;
    return [
      { ...about, fact, remedy: 'use versions such as v1.2, or set stack-versions: unordered in rules.yml' },
    ];
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
