import { stacksOf } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const serviceStacks = constraint({
  code: 'service-stacks',
  kind: 'complete',
  summary: 'A service has one or more stacks (thesis 4.1, rule 2).',
  judge: ({ state }) =>
    state.services
      .filter((service) => stacksOf(state, service.name).length === 0)
      .map(({ name }) => ({
        service: name,
        object: name,
        fact: 'it has no stack',
        remedy: `delete it with 'cmanage delete service ${name}' and add it again`,
        deficit: 1,
      })),
});
