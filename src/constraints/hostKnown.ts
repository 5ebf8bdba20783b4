import { constraint } from './constraint.ts';

export const hostKnown = constraint({
  code: 'host-known',
  kind: 'correct',
  summary: 'The host of every stack is in hosts.yml.',
  judge: ({ state, environment }) =>
    state.stacks
      .filter((stack) => !environment.hosts.some((host) => host.name === stack.host))
      .map((stack) => ({
        service: stack.service,
        object: stack.name,
        fact: `its host ${stack.host} is not in hosts.yml`,
        remedy: `put ${stack.host} back into hosts.yml`,
      })),
});
