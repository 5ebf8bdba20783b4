import { runningOn } from '../model/retention.ts';
import { constraint } from './constraint.ts';

export const hostCapacity = constraint({
  code: 'host-capacity',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'No host has more containers than max_containers in hosts.yml; what is retained warm counts, what is stopped does not.',
  judge: ({ state, environment }) =>
    environment.hosts.flatMap((host) => {
      const count = runningOn(state, host.name).length;
      if (host.maxContainers === null || count <= host.maxContainers) return [];
      const fact = `${count} containers are too many: its max_containers is ${host.maxContainers}`;
      const remedy = 'add a host, pop a version, or raise the limit';
      return [{ service: null, object: host.name, fact, remedy, deficit: count - host.maxContainers }];
    }),
});
