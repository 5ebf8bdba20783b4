import { containersOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { reachedBy, treesWith } from '../model/trees.ts';
import { constraint, countedAlike } from './constraint.ts';

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

/** The stages a position answers at: its own, and those of every tree that leads to it. */
function stagesOf(state: State, service: string, position: number, stages: readonly string[]): string[] {
  const own = stages.slice(position, position + 1);
  const led = treesWith(state, service).filter((endpoint) =>
    reachedBy(state, endpoint).get(service)?.has(position),
  );
  return [...new Set([...own, ...led.map((endpoint) => endpoint.stage)])];
}
