import { constraints } from '../../src/constraints/all.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { withLinks } from './links.ts';
import { makeState } from './makeState.ts';
import { insertion, sqlOf } from './storedState.ts';

/** One way to break one rule, in the stored state or in the configuration. */
export type Breach = {
  readonly code: string;
  readonly what: string;
  /** The object that check must name. */
  readonly object: string;
  readonly sql?: string;
  readonly edits?: readonly Edit[];
  /** What check judges it to be; a broken rule unless it says otherwise. */
  readonly as?: 'incomplete' | 'warning';
};

export type Edit = { readonly file: 'hosts.yml' | 'rules.yml'; readonly from: string; readonly to: string };

const hosts = ['docker01', 'docker02'];
const settings = { memory: 64 * 1024 * 1024 };

/** A state that is correct and complete: webapp at three stages, and training below it in each tree. */
const good = makeState({
  training: { hosts, settings },
  webapp: { hosts, settings, endpoints: { prod: {}, qa: {}, dev: {} } },
});
const relation = { parent: 'webapp', child: 'training', position: null, drainLimit: null };
export const goodState = sqlOf(
  withLinks({ ...good, edges: good.endpoints.map(({ name }) => ({ endpoint: name, ...relation })) }),
);

export const hostsFile = `hosts:
${['docker01', 'docker02', 'docker03']
  .map(
    (name, index) => `  ${name}:
    engine: unix:///nonexistent/${name}.sock
    address: 192.0.2.1${index}
    ports: 20000-20999
    max_containers: 1${index}0
`,
  )
  .join('')}loadbalancers:
  lb01:
    config: /nonexistent/haproxy.cfg
    master_socket: /nonexistent/master.sock
    stats_socket: /nonexistent/stats.sock
`;

const www = { name: 'webapp-endpoint-www', service: 'webapp', stage: 'prod', pointer: 0, port: 8010 };
const insertWww = insertion('endpoint', { ...www, address: null, url: null });
const override = (services: string, rule: string): Edit => ({
  file: 'rules.yml',
  from: 'overrides: []',
  to: `overrides:\n  - services: ${services}\n    reason: so that one rule alone is broken\n    rules: { ${rule} }`,
});
const rule = (from: string, to: string): Edit => ({ file: 'rules.yml', from, to });
const twin = good.containers
  .filter(({ stack }) => stack === 'webapp-stack1')
  .map((row, index) => ({
    ...row,
    name: `webapp-stack3-app${index + 1}`,
    stack: 'webapp-stack3',
    hostPort: 20100 + index,
    links: { training: { host: '', port: 10100 + index, mode: 'http' } },
  }));

export const breaches: readonly Breach[] = [
  {
    code: 'endpoint-service',
    what: 'an endpoint of a service that is not there',
    object: 'ghost-endpoint-prod',
    sql: insertion('endpoint', { ...www, name: 'ghost-endpoint-prod', service: 'ghost' }),
  },
  {
    code: 'service-stacks',
    what: 'a service without stacks',
    object: 'empty',
    sql: insertion('service', {
      ...{ name: 'empty', image: 'registry.example/empty', pull: 'registry', nextStack: 1 },
      settings: { ...defaultSettings, ...settings },
    }),
    edits: [override('empty', 'tree-count: { level: off }')],
    as: 'incomplete',
  },
  {
    code: 'stack-service',
    what: 'a stack of a service that is not there, and a container of such a stack',
    object: 'ghost-stack1',
    sql: [
      insertion('stack', { name: 'ghost-stack1', service: 'ghost', host: 'docker03', nextContainer: 1 }),
      ...twin.map((row) =>
        insertion('container', { ...row, name: `ghost-${row.name}`, stack: 'ghost-stack1' }),
      ),
      insertion('container', { ...twin[0], name: 'ghost-stack2-app1', stack: 'ghost-stack2' }),
    ].join('\n'),
  },
  {
    code: 'stack-versions',
    what: 'a later version below an earlier one',
    object: 'webapp-stack2-app2',
    sql: `UPDATE container SET version = 'v0.9' WHERE position = 0 AND stack LIKE 'webapp%'`,
  },
  {
    code: 'stack-height',
    what: 'stacks that are lower than rules.yml asks for',
    object: 'training-stack1',
    edits: [rule('min_containers: 3', 'min_containers: 4')],
    as: 'incomplete',
  },
  {
    code: 'stack-twins',
    what: 'other bits under the same version',
    object: 'webapp-stack2',
    sql: `UPDATE container SET digest = 'sha256:${'0'.repeat(64)}' WHERE name = 'webapp-stack2-app3'`,
  },
  {
    code: 'stack-hosts',
    what: 'a third stack beside the first',
    object: 'webapp-stack3',
    sql: [
      insertion('stack', { name: 'webapp-stack3', service: 'webapp', host: 'docker01', nextContainer: 4 }),
      ...twin.map((row) => insertion('container', row)),
    ].join('\n'),
  },
  {
    code: 'tree-count',
    what: 'a sub-service that is in no tree of a stage',
    object: 'training',
    sql: `DELETE FROM edge WHERE endpoint = 'webapp-endpoint-dev'`,
    as: 'incomplete',
  },
  {
    code: 'height-trees',
    what: 'more trees than containers in a stack, where every endpoint counts',
    object: 'webapp',
    sql: insertWww,
    edits: [rule('level: error, count: stages', 'level: error, count: endpoints')],
  },
  {
    code: 'container-version',
    what: 'containers without a digest',
    object: 'webapp-stack1-app2',
    sql: `UPDATE container SET digest = 'sha256:none' WHERE position = 1 AND stack LIKE 'webapp%'`,
  },
  {
    code: 'version-pinned',
    what: 'a floating tag in production',
    object: 'webapp-stack1-app1',
    sql: `UPDATE container SET version = 'latest' WHERE position = 0 AND stack LIKE 'webapp%'`,
    edits: [override('webapp', 'stack-versions: { unordered: allow }')],
  },
  {
    code: 'tree-shape',
    what: 'a tree that goes round',
    object: 'webapp-endpoint-prod',
    sql: `${insertion('edge', {
      ...{ endpoint: 'webapp-endpoint-prod', parent: 'training', child: 'webapp', position: null },
    })} UPDATE container SET links = json_object('webapp', json_object('host', '', 'port', 10200 + rowid, 'mode', 'http'))
      WHERE stack LIKE 'training%'`,
  },
  {
    code: 'tree-unambiguous',
    what: 'two trees that disagree',
    object: 'webapp',
    sql: `${insertWww}${insertion('edge', { ...relation, endpoint: www.name, position: 1 })}`,
  },
  {
    code: 'names',
    what: 'a host name that is none',
    object: 'webapp-endpoint-qa',
    sql: `UPDATE endpoint SET url = 'no host name' WHERE name = 'webapp-endpoint-qa'`,
  },
  {
    code: 'ports',
    what: 'two endpoints on one port',
    object: 'webapp-endpoint-qa',
    sql: `UPDATE endpoint SET port = 8000`,
  },
  {
    code: 'endpoint-options',
    what: 'a TCP endpoint that sets headers',
    object: 'webapp-endpoint-qa',
    sql: `UPDATE endpoint SET options = '{"mode":"tcp","forwarded":true}' WHERE name = 'webapp-endpoint-qa'`,
  },
  {
    code: 'host-known',
    what: 'a host that is gone from hosts.yml',
    object: 'webapp-stack2',
    edits: [{ file: 'hosts.yml', from: 'docker02:', to: 'docker09:' }],
  },
  {
    code: 'host-capacity',
    what: 'more containers than a host may have',
    object: 'docker01',
    edits: [{ file: 'hosts.yml', from: 'max_containers: 100', to: 'max_containers: 5' }],
  },
  {
    code: 'host-labels',
    what: 'a label that a host lacks',
    object: 'webapp-stack1',
    edits: [rule('required: []', 'required: [disk=ssd]')],
  },
  {
    code: 'host-loss',
    what: 'a service on one host alone',
    object: 'training',
    sql: `DELETE FROM container WHERE stack = 'training-stack2'; DELETE FROM stack WHERE name = 'training-stack2'`,
    as: 'incomplete',
  },
  {
    code: 'links',
    what: 'a container that lost what it reaches others by',
    object: 'webapp-stack1-app2',
    sql: `UPDATE container SET links = '{}' WHERE name = 'webapp-stack1-app2'`,
  },
  {
    code: 'memory-limit',
    what: 'a service without a memory limit',
    object: 'webapp',
    sql: `UPDATE service SET settings = json_set(settings, '$.memory', NULL) WHERE name = 'webapp'`,
    as: 'warning',
  },
  {
    code: 'profile',
    what: 'a service that is confined less than the rules ask for',
    object: 'webapp',
    sql: `UPDATE service SET settings = json_set(settings, '$.profile', 'engine') WHERE name = 'webapp'`,
  },
];

/** The rules that nothing here breaks; there must be none. */
export const unbroken = constraints
  .map(({ code }) => code)
  .filter((code) => !breaches.some((breach) => breach.code === code));
