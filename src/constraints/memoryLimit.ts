import { constraint } from './constraint.ts';

export const memoryLimit = constraint({
  code: 'memory-limit',
  kind: 'complete',
  level: 'warn',
  summary: 'Every service has a memory limit, so that one of its containers cannot take a whole host down.',
  judge: ({ state }) =>
    state.services
      .filter((service) => service.settings.memory === null)
      .map(({ name }) => ({
        service: name,
        object: name,
        fact: 'it has no memory limit',
        remedy:
          'delete it and add it again with --memory, such as 512m, or say in rules.yml why it needs none',
      })),
});
