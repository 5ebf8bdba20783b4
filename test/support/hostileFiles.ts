/** Configuration files that must be refused, and what the message must name besides the file. */
export type HostileFile = {
  readonly file: 'cmanage.yml' | 'hosts.yml' | 'rules.yml';
  readonly text: string;
  readonly says: string | RegExp;
};

const rules = (text: string, says: string | RegExp): HostileFile => ({ file: 'rules.yml', text, says });
const settings = (text: string, says: string | RegExp): HostileFile => ({ file: 'cmanage.yml', text, says });
const host = (entry: string, says: string | RegExp): HostileFile => ({
  file: 'hosts.yml',
  text: `hosts:\n  docker01: { ${entry} }\n`,
  says,
});
const hosts = (text: string, says: string | RegExp): HostileFile => ({ file: 'hosts.yml', text, says });

const good = 'engine: unix:///run/docker.sock, address: 192.0.2.11';

export const hostileFiles: HostileFile[] = [
  rules(
    'rules:\n  stack-hieght: { level: off }\n',
    /rules\.yml:2: rules\.stack-hieght: there is no such setting/,
  ),
  rules('rules:\n  stack-height: { minimum: 2 }\n', /:2: rules\.stack-height\.minimum/),
  rules('rules:\n  stack-height: { level: maybe }\n', 'rules.stack-height.level'),
  rules('rules:\n  stack-height: { min_containers: -1 }\n', 'min_containers'),
  rules('rules:\n  stack-height: { min_containers: three }\n', 'min_containers'),
  rules('rules:\n  stack-versions: { order: [sideways] }\n', 'rules.stack-versions.order'),
  rules('stages: []\n', 'stages'),
  rules('stages: [prod, prod]\n', /stages: each stage stands once/),
  rules('stages: prod\n', 'stages'),
  rules('stages: ["prod\\nqa"]\n', 'stages'),
  rules('overrides:\n  - services: web*\n    rules: {}\n', 'reason'),
  rules('stages: &a [prod, qa]\nrules: *a\n', /:1: anchors and aliases/),
  rules('__proto__: { stages: [x] }\n', /:1: the key __proto__ is not allowed/),
  rules('rules:\n  constructor: {}\n', /:2: the key constructor is not allowed/),
  rules('stages: [prod]\nstages: [qa]\n', /:2: .*unique/i),
  rules('rules:\n\tstack-height: {}\n', /rules\.yml:2: /),
  rules('- a\n- b\n', 'rules.yml'),
  rules('just text', 'rules.yml'),
  rules('stages: ["prod]\n', 'rules.yml:'),
  rules('stages: [prod]\n\u0001\u0002', 'rules.yml'),
  rules(`# ${'x'.repeat(2 * 1024 * 1024)}\n`, /at most 1048576 are read/),
  rules(`${'['.repeat(200_000)}\n`, /rules\.yml:1: it is nested deeper/),
  rules(`stages:\n  ${'- '.repeat(2000)}\n`, /rules\.yml:2: it is nested deeper/),
  rules(`stages:\n  ${'? '.repeat(2000)}\n`, /rules\.yml:2: it is nested deeper/),
  rules(
    Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
    /:202: it is nested deeper/,
  ),
  rules('a: !!js/function "function () {}"\n', 'rules.yml'),
  host('engine: tcp://192.0.2.11:2375, address: 192.0.2.11', /insecure: true/),
  host('engine: ftp://192.0.2.11, address: 192.0.2.11', 'hosts.docker01.engine'),
  host('engine: "ssh://-oProxyCommand=reboot", address: 192.0.2.11', 'hosts.docker01.engine'),
  host('engine: unix:///run/docker.sock, address: docker01', 'hosts.docker01.address'),
  host('engine: unix:///run/docker.sock', 'hosts.docker01.address'),
  host(`${good}, ports: 30000-20000`, 'hosts.docker01.ports'),
  host(`${good}, ports: 0-70000`, 'hosts.docker01.ports'),
  host(`${good}, ports: 20000`, 'hosts.docker01.ports'),
  host(`${good}, max_containers: many`, 'hosts.docker01.max_containers'),
  host(`${good}, parallel: 0`, 'hosts.docker01.parallel'),
  host(`${good}, colour: red`, 'hosts.docker01.colour'),
  host(`${good}, tls: { ca: a.pem }`, 'hosts.docker01.tls'),
  hosts('hosts: {}\n', 'name at least one host'),
  hosts(`hosts:\n  Docker01: { ${good} }\n`, 'Docker01'),
  hosts(`hosts:\n  "a;b": { ${good} }\n`, 'a;b'),
  hosts('loadbalancers: {}\n', 'hosts'),
  hosts(
    `hosts:\n  a: { ${good} }\nloadbalancers:\n  lb: { config: "a'b", master_socket: /m, stats_socket: /s }\n`,
    'loadbalancers.lb.config',
  ),
  hosts(`hosts:\n  a: { ${good} }\nregistries:\n  "http://x/y": {}\n`, 'registries'),
  settings('environment: "my lab"\nstate: x.db\n', 'environment'),
  settings('state: x.db\n', 'environment'),
  settings('environment: lab\nstate: 5\n', 'state'),
  settings('environment: lab\nstate: x.db\nlock_wait: -1\n', 'lock_wait'),
  settings('environment: lab\nstate: x.db\nlock_wait: soon\n', 'lock_wait'),
  settings('environment: lab\nstate: x.db\nsecret: x\n', /:3: secret: there is no such setting/),
  settings('', 'environment'),
  settings(
    'environment: lab\nstate: ../nowhere/cmanage.db\n',
    /nowhere\/cmanage\.db: create it by 'cmanage init'/,
  ),
];
