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
      const all = others.map((stack) => ({
        stack,
        wrong: differences(model, containersOf(state, stack.name)),
      }));
      // Which stack is the first changes when stacks are moved; how much they differ in all does not.
      const deficit = all.reduce((sum, { wrong }) => sum + wrong.length, 0);
      return all.flatMap(({ stack, wrong }): Finding[] => {
        if (wrong[0] === undefined) return [];
        const fact = `it is no twin of ${first.name}: ${wrong[0]}`;
        const remedy = 'change all stacks of the service together, or relax stack-twins for it in rules.yml';
        return [{ service: service.name, object: stack.name, counts: service.name, fact, remedy, deficit }];
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
