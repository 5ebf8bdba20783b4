import { containersOf } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const stackHeight = constraint({
  code: 'stack-height',
  kind: 'complete',
  summary:
    'A stack is as high as there are stages, and at least min_containers (thesis 4.1, rule 5: SH >= stages).',
  parameters: { min_containers: 3 },
  judge: ({ state, environment }, parametersOf) =>
    state.stacks.flatMap((stack) => {
      const stages = environment.rules.stages.length;
      const least = parametersOf(stack.service).min_containers;
      const needed = Math.max(stages, least);
      const height = containersOf(state, stack.name).length;
      if (height >= needed) return [];
      const why = stages >= least ? `there are ${stages} stages` : `min_containers is ${least}`;
      return [
        {
          service: stack.service,
          object: stack.name,
          counts: stack.service,
          fact: `height ${height} is too low: ${why}`,
          remedy: `release a version on ${stack.service} first`,
          deficit: needed - height,
        },
      ];
    }),
});
