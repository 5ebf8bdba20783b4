import { stacksOf } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const stackHosts = constraint({
  code: 'stack-hosts',
  kind: 'correct',
  summary: 'No two stacks of a service share a host.',
  judge: ({ state }) =>
    state.services.flatMap((service) => {
      const stacks = stacksOf(state, service.name);
      return stacks.flatMap((stack, index) => {
        const earlier = stacks.slice(0, index).find((other) => other.host === stack.host);
        if (!earlier) return [];
        const fact = `it shares host ${stack.host} with ${earlier.name}`;
        return [{ service: service.name, object: stack.name, fact, remedy: 'place it on another host' }];
      });
    }),
});
