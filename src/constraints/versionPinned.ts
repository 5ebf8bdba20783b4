import { containersOf } from '../model/lookup.ts';
import { constraint, countedAlike } from './constraint.ts';
import { stagesOf } from './stagesOf.ts';

export const versionPinned = constraint({
  code: 'version-pinned',
  kind: 'correct',
  summary: 'No floating tag stands at a stage that forbids it.',
  parameters: {
    floating: ['latest', 'stable', 'edge', 'main', 'master', 'nightly'] as readonly string[],
    stages: ['prod'] as readonly string[],
  },
  judge: ({ state, environment }, parametersOf) =>
    state.stacks.flatMap((stack) => {
      const { floating, stages: forbidding } = parametersOf(stack.service);
      const findings = containersOf(state, stack.name)
        .filter((container) => floating.includes(container.version))
        .flatMap(({ name, version, position }) =>
          stagesOf(state, stack.service, position, environment.rules.stages)
            .filter((stage) => forbidding.includes(stage))
            .map((stage) => ({
              ...{
                service: stack.service,
                object: name,
                counts: stack.service,
                aspect: `${stage} ${version}`,
              },
              fact: `${version} is a floating tag, which stage ${stage} forbids`,
              remedy: 'release a numbered version',
            })),
        );
      return countedAlike(findings);
    }),
});
