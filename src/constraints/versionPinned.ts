import { stackNamed } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const versionPinned = constraint({
  code: 'version-pinned',
  kind: 'correct',
  summary: 'No floating tag stands at a stage that forbids it.',
  parameters: {
    floating: ['latest', 'stable', 'edge', 'main', 'master', 'nightly'] as readonly string[],
    stages: ['prod'] as readonly string[],
  },
  judge: ({ state, environment }, parametersOf) =>
    state.containers.flatMap((container) => {
      const service = stackNamed(state, container.stack)?.service ?? null;
      const { floating, stages } = parametersOf(service);
      const stage = environment.rules.stages[container.position];
      if (stage === undefined || !stages.includes(stage) || !floating.includes(container.version)) return [];
      const fact = `${container.version} is a floating tag, which stage ${stage} forbids`;
      return [{ service, object: container.name, fact, remedy: 'release a numbered version' }];
    }),
});
