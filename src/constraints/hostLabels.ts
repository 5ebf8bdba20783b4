import { defaultHostLabels, hasLabel } from '../model/placement.ts';
import { constraint } from './constraint.ts';

export const hostLabels = constraint({
  code: 'host-labels',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'A stack stands on a host that has every label its service requires; preferred labels guide the placement.',
  parameters: defaultHostLabels,
  judge: ({ state, environment }, parametersOf) => {
    const hosts = new Map(environment.hosts.map((host) => [host.name, host]));
    return state.stacks.flatMap((stack) => {
      const host = hosts.get(stack.host);
      const lacking = host
        ? parametersOf(stack.service).required.filter((label) => !hasLabel(host, label))
        : [];
      if (lacking.length === 0) return [];
      const fact = `its host ${stack.host} lacks ${lacking.join(' and ')}`;
      const remedy = `give ${stack.host} the label in hosts.yml, or move the stack by 'cmanage host drain ${stack.host}'`;
      return [{ service: stack.service, object: stack.name, fact, remedy, deficit: lacking.length }];
    });
  },
});
