import { defaultRules, type Rules } from '../../src/model/rules.ts';
import type { Edge, State } from '../../src/model/state.ts';
import { makeEnvironment, makeState, withEdge } from './makeState.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { Material } from '../../src/report/audit/material.ts';

/** A shop of four services for the reports: a tree of three levels with a database, a sub-service that two call, and one that stands alone on one host. */
export function shop(): State {
  const memory = { settings: { memory: 256 * 1024 ** 2 } };
  const state = makeState({
    webapp: {
      ...{ hosts: ['docker01', 'docker02'], versions: ['v1', 'v2', 'v3'], ...memory },
      endpoints: { prod: { port: 80, url: 'www.example.net' }, qa: { port: 8081 }, dev: { port: 8082 } },
    },
    training: { hosts: ['docker01', 'docker03'], versions: ['v2', 'v2', 'v3'], ...memory },
    admin: {
      hosts: ['docker02', 'docker03'],
      versions: ['v7', 'v7', 'v7'],
      ...memory,
      endpoints: { prod: { port: 9000 } },
    },
    legacy: { hosts: ['docker03'], versions: ['v0.1', 'v0.2'] },
  });
  const withDatabase: State = {
    ...state,
    externals: [
      {
        name: 'orders',
        mode: 'tcp',
        healthPath: null,
        targets: [{ stage: 'prod', host: 'db.example.net', port: 5432 }],
      },
    ],
  };
  return [
    edge('webapp-endpoint-prod', 'webapp', 'training'),
    edge('webapp-endpoint-qa', 'webapp', 'training'),
    edge('webapp-endpoint-dev', 'webapp', 'training', 1),
    edge('webapp-endpoint-prod', 'training', 'orders'),
    edge('admin-endpoint-prod', 'admin', 'training'),
  ].reduce(withEdge, withDatabase);
}

export function edge(endpoint: string, parent: string, child: string, position: number | null = null): Edge {
  return { endpoint, parent, child, position, drainLimit: null };
}

/** The rules without those that sketches of a state fall short of, and an exception for the one that stands alone. */
export const shopRules: Rules = {
  ...defaultRules,
  settings: { links: { level: 'off', parameters: {} }, 'tree-count': { level: 'off', parameters: {} } },
  overrides: [
    {
      services: 'leg*',
      reason: 'INC-7: one licence',
      settings: { 'host-loss': { level: 'off', parameters: {} }, ports: { level: 'warn', parameters: {} } },
    },
  ],
};

export function shopMaterial(given: Partial<Material> = {}): Material {
  const environment: Environment = makeEnvironment({ rules: shopRules });
  const subject = { environment: 'shop', revision: 12, moment: '2026-11-21T15:00:00.000Z', cmanage: '1.0.0' };
  return { state: shop(), environment, subject, history: [], ...given };
}
