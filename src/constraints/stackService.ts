import { containersOf, serviceNamed, stackNamed } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const stackService = constraint({
  code: 'stack-service',
  kind: 'correct',
  summary:
    'A stack belongs to exactly one service, and a container to exactly one place in one stack (thesis 4.1, rule 3).',
  judge: ({ state }) => [
    ...state.stacks
      .filter((stack) => !serviceNamed(state, stack.service))
      .map((stack) => ({
        service: null,
        object: stack.name,
        fact: `its service ${stack.service} does not exist`,
        remedy: damaged,
      })),
    ...[...state.containers, ...state.retained]
      .filter((container) => !stackNamed(state, container.stack))
      .map((container) => ({
        service: null,
        object: container.name,
        fact: `its stack ${container.stack} does not exist`,
        remedy: damaged,
      })),
    ...state.stacks.flatMap((stack) => {
      const positions = containersOf(state, stack.name).map((container) => container.position);
      if (positions.every((position, index) => position === index)) return [];
      const fact = `its containers are at the positions ${positions.join(', ')}, and not from 0 up`;
      return [{ service: stack.service, object: stack.name, aspect: 'positions', fact, remedy: damaged }];
    }),
  ],
});

/** No command leaves such rows, and none could mend them. */
const damaged = 'restore a backup of the state database';
