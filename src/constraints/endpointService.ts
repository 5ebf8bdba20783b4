import { heightOf, serviceNamed } from '../model/lookup.ts';
import type { Endpoint } from '../model/state.ts';
import { constraint, type Finding } from './constraint.ts';

export const endpointService = constraint({
  code: 'endpoint-service',
  kind: 'correct',
  summary:
    'An endpoint belongs to an existing service at a stage, and its pointer is inside the stack (thesis 4.1, rule 1).',
  judge: ({ state, environment }) =>
    state.endpoints.flatMap((endpoint) => {
      const about = { service: endpoint.service, object: endpoint.name };
      if (!serviceNamed(state, endpoint.service)) {
        return [
          {
            ...about,
            fact: `its service ${endpoint.service} does not exist`,
            remedy: `delete it by 'cmanage delete endpoint ${endpoint.name} --cascade'`,
          },
        ];
      }
      const findings: Finding[] = [];
      if (environment.loadBalancers.length === 0) {
        const fact = 'there is no load balancer in hosts.yml that could serve it';
        findings.push({ ...about, aspect: 'balancer', fact, remedy: 'add one under loadbalancers' });
      }
      const stages = environment.rules.stages;
      if (!stages.includes(endpoint.stage)) {
        const remedy = `choose one of ${stages.join(', ')}, or add it to rules.yml`;
        findings.push({
          ...about,
          aspect: 'stage',
          fact: `there is no stage ${JSON.stringify(endpoint.stage)}`,
          remedy,
        });
      }
      const height = heightOf(state, endpoint.service);
      if (!Number.isInteger(endpoint.pointer) || endpoint.pointer < 0 || endpoint.pointer >= height) {
        const fact = `it points at position ${endpoint.pointer}, and the stacks of ${endpoint.service} have height ${height}`;
        const remedy = `release a version first, or point it at a position from 0 to ${Math.max(0, height - 1)}`;
        findings.push({
          ...about,
          aspect: 'pointer',
          fact,
          remedy,
          deficit: Math.max(1, endpoint.pointer - height + 1),
        });
      }
      return [...findings, ...judgeWeights(endpoint, height).map((finding) => ({ ...about, ...finding }))];
    }),
});

type Fact = Pick<Finding, 'aspect' | 'fact' | 'remedy'>;

function judgeWeights({ name, options: { weights } }: Endpoint, height: number): Fact[] {
  const positions = weights.map(({ position }) => position);
  const outside = positions.find((position) => position < 0 || position >= height);
  const wrong = weights.find(({ weight }) => !Number.isInteger(weight) || weight < 0 || weight > 256);
  const shares = weights.length === 0 || weights.some(({ weight }) => weight > 0);
  const remedy = `set its weights anew by 'cmanage weight ${name} POSITION=WEIGHT ...', or end them by 'cmanage abort ${name}'`;
  const findings: (Omit<Fact, 'remedy'> | null)[] = [
    outside === undefined
      ? null
      : {
          aspect: 'weight position',
          fact: `it gives a share to position ${outside}, and the stacks have height ${height}`,
        },
    new Set(positions).size === positions.length
      ? null
      : { aspect: 'weight twice', fact: 'it gives one position two weights' },
    wrong ? { aspect: 'weight', fact: `${wrong.weight} is no weight from 0 to 256` } : null,
    shares ? null : { aspect: 'no share', fact: 'it gives no position a share of its requests' },
  ];
  return findings.flatMap((finding) => (finding ? [{ ...finding, remedy }] : []));
}
