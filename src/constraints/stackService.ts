import { serviceNamed, stackNamed } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const stackService = constraint({
  code: 'stack-service',
  kind: 'correct',
  summary:
    'A stack belongs to exactly one service, and a container to exactly one stack (thesis 4.1, rule 3).',
  judge: ({ state }) => [
    ...state.stacks
      .filter((stack) => !serviceNamed(state, stack.service))
      .map((stack) => ({
        service: null,
        object: stack.name,
        fact: `its service ${stack.service} does not exist`,
        remedy: 'delete the stack',
      })),
    ...state.containers
      .filter((container) => !stackNamed(state, container.stack))
      .map((container) => ({
        service: null,
        object: container.name,
        fact: `its stack ${container.stack} does not exist`,
        remedy: 'delete the container',
      })),
  ],
});
