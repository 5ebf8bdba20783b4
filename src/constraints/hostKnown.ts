import { constraint } from './constraint.ts';

export const hostKnown = constraint({
  code: 'host-known',
  kind: 'correct',
  concerns: 'standing',
  summary: 'The host of every stack is in hosts.yml.',
  judge: ({ state, environment }) => {
    const known = new Set(environment.hosts.map((host) => host.name));
    return state.stacks
      .filter((stack) => !known.has(stack.host))
      .map((stack) => ({
        service: stack.service,
        object: stack.name,
        fact: `its host ${stack.host} is not in hosts.yml`,
        remedy: `put ${stack.host} back into hosts.yml`,
      }));
  },
});
