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
        const [difference, ...more] = differences(model, containersOf(state, stack.name));
        if (difference === undefined) return [];
        const fact = `it is no twin of ${first.name}: ${difference}`;
        const remedy = 'change all stacks of the service together, or relax stack-twins for it in rules.yml';
        return [{ service: service.name, object: stack.name, fact, remedy, deficit: 1 + more.length }];
      });
    }),
});

/** In what a stack differs from its twin, position by position. */
function differences(model: readonly Container[], twin: readonly Container[]): string[] {
  const missing = Math.abs(model.length - twin.length);
  return [
    ...Array<string>(missing).fill(`its height is ${twin.length} and not ${model.length}`),
    ...model.flatMap((expected, position) => {
      const actual = twin[position];
      if (!actual || (actual.version === expected.version && actual.digest === expected.digest)) return [];
      if (actual.version !== expected.version) {
        return [`position ${position} is ${actual.version} and not ${expected.version}`];
      }
      return [
        `position ${position} (${actual.version}) has other bits: ${actual.digest} and not ${expected.digest}`,
      ];
    }),
  ];
}
