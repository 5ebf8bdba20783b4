import { containersOf, stacksOf } from '../model/lookup.ts';
import type { Container } from '../model/state.ts';
import { constraint, type Finding } from './constraint.ts';

export const stackTwins = constraint({
  code: 'stack-twins',
  kind: 'correct',
  summary: 'All stacks of a service have the same height, versions, order and digests.',
  judge: ({ state }) =>
    state.services.flatMap((service) => {
      const [first, ...others] = stacksOf(state, service.name);
      if (!first) return [];
      const model = containersOf(state, first.name);
      return others.flatMap((stack): Finding[] => {
        const difference = firstDifference(model, containersOf(state, stack.name));
        if (difference === null) return [];
        const fact = `it is no twin of ${first.name}: ${difference}`;
        const remedy = 'change all stacks of the service together, or relax stack-twins for it in rules.yml';
        return [{ service: service.name, object: stack.name, fact, remedy }];
      });
    }),
});

function firstDifference(model: readonly Container[], twin: readonly Container[]): string | null {
  if (model.length !== twin.length) return `its height is ${twin.length} and not ${model.length}`;
  for (const [position, expected] of model.entries()) {
    const actual = twin[position];
    if (!actual) continue;
    if (actual.version !== expected.version) {
      return `position ${position} is ${actual.version} and not ${expected.version}`;
    }
    if (actual.digest !== expected.digest) {
      return `position ${position} (${actual.version}) has other bits: ${actual.digest} and not ${expected.digest}`;
    }
  }
  return null;
}
