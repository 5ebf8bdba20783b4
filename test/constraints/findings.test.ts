import { describe, expect, it } from '@jest/globals';
import type { Constraint, Finding } from '../../src/constraints/constraint.ts';
import { containerVersion } from '../../src/constraints/containerVersion.ts';
import { endpointService } from '../../src/constraints/endpointService.ts';
import { hostCapacity } from '../../src/constraints/hostCapacity.ts';
import { names } from '../../src/constraints/names.ts';
import { versionPinned } from '../../src/constraints/versionPinned.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { worldOf } from '../support/constraints.ts';
import { changeRow, digestFor, makeHost, makeState } from '../support/makeState.ts';

type Row = readonly [string, Constraint, State, Partial<Environment>, Finding];

const prod = 'webapp-endpoint-prod';
const front = makeState({ webapp: { endpoints: { prod: {} } } });
const pointing = (pointer: number): State => changeRow(front, 'endpoints', prod, { pointer });
const first = 'webapp-stack1-app1';
const latest = makeState({ webapp: { versions: ['latest'] } });
const about = { service: 'webapp', object: prod };
const anywhere = 'release a version first, or point it at a position from 0 to';

/** Findings in full: whose overrides apply, which of several faults it is, how much is wrong, and what can be done. */
const rows: Row[] = [
  [
    'no load balancer',
    endpointService,
    front,
    { loadBalancers: [] },
    {
      ...about,
      aspect: 'balancer',
      fact: 'there is no load balancer in hosts.yml that could serve it',
      remedy: 'add one under loadbalancers',
    },
  ],
  [
    'no such stage',
    endpointService,
    changeRow(front, 'endpoints', prod, { stage: 'staging' }),
    {},
    {
      ...about,
      aspect: 'stage',
      fact: 'there is no stage "staging"',
      remedy: 'choose one of prod, qa, dev, or add it to rules.yml',
    },
  ],
  ...(
    [
      [9, 7],
      [3, 1],
      [-1, 1],
    ] as const
  ).map(([pointer, deficit]): Row => [
    `position ${pointer}`,
    endpointService,
    pointing(pointer),
    {},
    {
      ...about,
      aspect: 'pointer',
      fact: `it points at position ${pointer}, and the stacks of webapp have height 3`,
      remedy: `${anywhere} 2`,
      deficit,
    },
  ]),
  [
    'no position at all',
    endpointService,
    { ...front, containers: [] },
    {},
    {
      ...about,
      aspect: 'pointer',
      fact: 'it points at position 0, and the stacks of webapp have height 0',
      remedy: `${anywhere} 0`,
      deficit: 1,
    },
  ],
  [
    'four containers too many',
    hostCapacity,
    makeState({ webapp: {}, other: {} }),
    { hosts: [makeHost('docker01', { maxContainers: 2 })] },
    {
      service: null,
      object: 'docker01',
      fact: '6 containers are too many: its max_containers is 2',
      remedy: 'add a host, pop a version, or raise the limit',
      deficit: 4,
    },
  ],
  [
    'a malformed name',
    names,
    changeRow(makeState({ webapp: { hosts: [] } }), 'services', 'webapp', { name: 'Webapp' }),
    {},
    {
      service: null,
      object: 'Webapp',
      aspect: 'name',
      fact: 'it is no well-formed name',
      remedy: 'use lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit',
    },
  ],
  [
    'a name that two have',
    names,
    { ...front, endpoints: [...front.endpoints, ...front.endpoints] },
    {},
    {
      service: null,
      object: prod,
      aspect: 'unique',
      fact: '2 objects have this name',
      remedy: 'rename one of them',
    },
  ],
  ...(['webapp-stack1', 'gone'] as const).map((stack): Row => [
    `a version that is no tag on the stack ${stack}`,
    containerVersion,
    changeRow(latest, 'containers', first, { version: 'v 1', stack }),
    {},
    {
      service: stack === 'gone' ? null : 'webapp',
      object: first,
      counts: stack === 'gone' ? first : 'webapp',
      aspect: `v 1 ${digestFor('registry.example/webapp', 'latest')}`,
      fact: 'its version "v 1" is no image tag',
      remedy: 'give a tag of letters, digits, dots, hyphens and underscores',
    },
  ]),
  [
    'a floating tag',
    versionPinned,
    latest,
    {},
    {
      ...{ service: 'webapp', object: first, counts: 'webapp', aspect: 'prod latest', deficit: 1 },
      fact: 'latest is a floating tag, which stage prod forbids',
      remedy: 'release a numbered version',
    },
  ],
];

describe('a finding in full', () => {
  it.each(rows)('%s', (_case, rule, state, environment, finding) => {
    expect(rule.judge(worldOf(state, environment))).toEqual([finding]);
  });
});
