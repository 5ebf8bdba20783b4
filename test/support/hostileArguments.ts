/** Arguments that must be refused: what is typed, what the message must name, and the exit code where it is not 2. */
export type HostileCase = {
  readonly args: readonly string[];
  readonly says: string | RegExp;
  readonly exitCode?: number;
};

const long = 'a'.repeat(300);

const names: [string, string | RegExp][] = [
  ['web;reboot', 'web;reboot'],
  ['web\nreboot', 'reboot'],
  ['../etc', '../etc'],
  [long, long],
  ['"web"', '"web"'],
  ["we'b", "we'b"],
  ['$(reboot)', '$(reboot)'],
  ['`reboot`', '`reboot`'],
  ['wéb', 'wéb'],
  ['web\u202ebew', /web\\u202ebew/],
  ['\u001b[31mweb', /\[31mweb/],
  ['Web', 'Web'],
  ['web app', 'web app'],
  ['web_app', 'web_app'],
  ['-web', "unknown option '-web'"],
  ['', "''"],
];

const image = ['-i', 'registry.invalid/webapp'];
const version = ['-v', 'v0.1'];

/** A new service with one thing wrong. */
const service = (option: string, value: string, says: string | RegExp = value): HostileCase => ({
  args: ['addservice', 'other', ...image, ...version, option, value],
  says,
});

const images = [
  'a/b:v1',
  'a b',
  'UPPER/case',
  'http://a/b',
  '../b',
  'a/b;c',
  'a//b',
  'a:999999/b',
  `a@sha256:${'0'.repeat(64)}`,
];
const versions = ['v 0.1', 'v0.1;x', '../v1', 'vé', 'v0.1/2', `v${long}`, '-v0.1'];

/** A new endpoint of webapp with one thing wrong. */
const endpoint = (says: string | RegExp, ...options: string[]): HostileCase => ({
  args: ['addendpoint', 'extra', '-s', 'webapp', '-p', '8090', ...options],
  says,
});

const badSettings: HostileCase[] = [
  ...['0', '-1', '1.5', '99999', 'two', ''].map((value) => service('-s', value, `'${value}'`)),
  ...['0', '65536', '-1', 'http'].map((value) => service('--port', value, `'${value}'`)),
  ...['lots', '1', '-5m', '5m', '1e9'].map((value) => service('--memory', value)),
  ...['none', '0', '-1', '1,5'].map((value) => service('--cpus', value)),
  ...['health', '/a b', '/a"b', '/a\nb'].map((value) => service('--health', value, '--health')),
  ...['NOVALUE', '=x', 'A B=c', '1A=b', 'A=b\nC=d'].map((value) => service('-e', value, '--env')),
  service('--pids', '1'),
  service('--stop-grace', '-1'),
  service('--health-deadline', '0'),
  service('--health-interval', '1'),
  service('--secret-file', 'a b/c d', 'c d'),
  service('-o', 'xml'),
  service('--privileged', 'true', '--privileged'),
];

const badEndpoints: HostileCase[] = [
  ...['0', '99999', '-1', 'abc', '80.5', ''].map((port) => endpoint(`'${port}'`, '-p', port)),
  ...['a b', 'WWW', 'a..b', 'a;b', '-a', `${long}.com`].map((url) => endpoint(url, '--url', url)),
  ...['999.1.1.1', 'localhost', '10.0.0', '0x7f.0.0.1', '010.0.0.1'].map((address) =>
    endpoint(address, '--address', address),
  ),
  ...['www.pem', '/a b.pem', '/a#b', '/$(id)', '/a\nb', ''].map((file) =>
    endpoint('--certificate', '--certificate', file),
  ),
  ...['udp', 'HTTP', ''].map((mode) => endpoint('--mode', '--mode', mode)),
  ...['static-rr', 'uri', 'roundrobin\n    server x'].map((way) => endpoint('--balance', '--balance', way)),
  ...['0', '-1', '1.5', '604801', '5s'].map((time) => endpoint('--timeout-client', '--timeout-client', time)),
  endpoint('--redirect-from', '--redirect-from', '65536'),
  { args: ['changeendpoint', 'webapp-endpoint-prod'], says: 'say what to change' },
  { args: ['changeendpoint', '--sticky'], says: "missing required argument 'endpoints'" },
  { args: ['changeendpoint', 'a b', '--sticky'], says: 'a b' },
  endpoint('--stackpointer', '--stackpointer', '-1'),
  endpoint('--stackpointer', '--stackpointer', 'top'),
];

/** A new external service with one thing wrong. */
const external = (value: string, says: string | RegExp = '--target'): HostileCase => ({
  args: ['addexternal', 'db', '--target', value],
  says,
});

const badTargets = [
  ...['db:5432', 'prod=db', 'prod=db:', 'prod=:1', '=db:1', 'prod=db:0', 'prod=db:65536', 'prod=db:x', ''],
  ...['prod=db;x:1', 'prod=d b:1', 'prod=db\nserver x:1', 'prod="db":1', "prod=d'b:1", 'prod=db:1 check'],
  ...['prod=$(reboot):1', 'prod=`id`:1', 'prod=../db:1', 'prod=dé:1', 'prod=DB:1', 'prod=db:1\u001b[31m'],
  ...['prod=1.2.3.256:1', 'prod=0x7f.1:', 'prod=010.0.0.1:1', 'prod=[::1]:1', 'pr od=db:1', 'prod\n=db:1'],
];

const badRelations: HostileCase[] = [
  ...badTargets.map((value) => external(value)),
  ...names.map(([name, says]) => ({ args: ['addexternal', name, '--target', 'prod=db:1'], says })),
  { args: ['addexternal', 'db'], says: '--target' },
  { args: ['addexternal', 'db', '--target', 'prod=db:1', '--mode', 'udp'], says: "'udp'" },
  {
    args: ['addexternal', 'db', '--target', 'prod=db:1', '--health', '/up'],
    says: '--health needs --mode http',
  },
  {
    args: ['addexternal', 'db', '--target', 'prod=db:1', '--mode', 'http', '--health', '/a\nb'],
    says: '--health',
  },
  { args: ['changeexternal', 'db'], says: '--target or --drop-target' },
  { args: ['changeexternal', 'db', '--target', 'prod=d b:1'], says: '--target' },
  { args: ['changeexternal', 'db', '--drop-target', 'pr;od'], says: 'pr;od' },
  { args: ['delete', 'external'], says: "missing required argument 'name'" },
  { args: ['delete', 'external', 'd b'], says: 'd b' },
  ...['d b', 'db,', ',', 'training,../db', 'db\nserver', '"db"', ''].map((value) =>
    service('--uses', value, '--uses'),
  ),
  ...['udp', 'HTTP', ''].map((value) => service('--mode', value, '--mode')),
  ...['-1', '3601', '1.5', '30s', ''].map((value) => service('--drain-limit', value, '--drain-limit')),
  ...['-1', '3601', 'default'].map((value) => ({
    args: ['connect', 'webapp', '-c', 'db', '--drain-limit', value],
    says: '--drain-limit',
  })),
  { args: ['changetree', 'webapp-endpoint-prod'], says: '--position or --drain-limit' },
  { args: ['changetree', 'webapp-endpoint-prod', '--drain-limit', 'none'], says: '--drain-limit' },
];

const usage: HostileCase[] = [
  { args: ['destroy'], says: "unknown command 'destroy'" },
  { args: ['\u001b]0;title\u0007'], says: 'unknown command' },
  { args: ['--force', 'show', 'services'], says: '--force' },
  { args: ['release', '-v', 'v0.4'], says: /missing required argument 'service'/ },
  { args: ['release', 'webapp'], says: '--versions' },
  { args: ['release', 'webapp', '-v'], says: '--versions' },
  { args: ['addservice', 'other', ...image], says: '--versions' },
  { args: ['addservice', 'other', ...version], says: '--image' },
  { args: ['addendpoint', 'extra', '-s', 'webapp'], says: '--port' },
  { args: ['addendpoint', 'extra', '-p', '8090'], says: '--service' },
  { args: ['pop'], says: 'name the service' },
  { args: ['pop', 'webapp', '-s', 'other'], says: /webapp or other/ },
  { args: ['pop', 'webapp', 'other'], says: /too many arguments/ },
  { args: ['pop', 'webapp', '--stackpointer', 'x'], says: '--stackpointer' },
  { args: ['rollback'], says: 'name a service, or a tree' },
  { args: ['rollback', 'webapp', '--tree', 'web;reboot'], says: 'web;reboot' },
  ...['0', '-1', '1.5', '1e3', 'last', ''].flatMap((value) => [
    { args: ['rollback', 'webapp', '--to', value], says: `'${value}'` },
    { args: ['history', '-n', value], says: `'${value}'` },
  ]),
  { args: ['history', 'web;reboot'], says: 'web;reboot' },
  { args: ['show'], says: "missing required argument 'what'" },
  { args: ['show', 'secrets'], says: 'secrets' },
  { args: ['delete', 'service'], says: "missing required argument 'name'" },
  { args: ['delete', 'everything'], says: 'everything' },
  { args: ['--etc', '/nowhere', 'show', 'services'], says: '/nowhere' },
  { args: ['--etc', '/etc/passwd', 'show', 'services'], says: '/etc/passwd' },
];

const unknown: HostileCase[] = [
  { args: ['release', 'nope', '-v', 'v0.4'], says: 'there is no service nope' },
  { args: ['pop', 'nope'], says: 'there is no service nope' },
  { args: ['upstream', 'nope'], says: 'there is no service nope' },
  { args: ['rollback', 'nope'], says: 'there is no service nope' },
  { args: ['rollback', '--tree', 'nope'], says: 'there is no endpoint nope' },
  { args: ['rollback', 'webapp', '--to', '999'], says: 'there is no operation 999' },
  { args: ['rollback', 'webapp'], says: 'it came with operation 1 (addservice webapp', exitCode: 3 },
  { args: ['history', 'nope'], says: 'nothing is recorded of a service nope' },
  { args: ['delete', 'service', 'nope'], says: 'there is no service nope' },
  { args: ['delete', 'containers', 'nope'], says: 'there is no service nope' },
  { args: ['deploy', 'containers', 'nope'], says: 'there is no service nope' },
  { args: ['addendpoint', 'prod', '-s', 'nope', '-p', '8090'], says: 'there is no service nope' },
  { args: ['show', 'service', 'nope'], says: 'there is no service nope' },
  { args: ['show', 'endpoint', 'nope'], says: 'there is no endpoint nope' },
  { args: ['delete', 'endpoint', 'nope'], says: 'nope: there is no such endpoint', exitCode: 3 },
  { args: ['show', 'external', 'nope'], says: 'there is no external nope' },
  { args: ['delete', 'external', 'nope'], says: 'nope: there is no such external service', exitCode: 3 },
  {
    args: ['changeexternal', 'nope', '--target', 'prod=db:1'],
    says: 'nope: there is no such external service',
    exitCode: 3,
  },
];

export const hostileArguments: HostileCase[] = [
  ...names.map(([name, says]) => ({ args: ['addservice', name, ...image, ...version], says })),
  ...names.slice(0, 4).map(([name, says]) => ({ args: ['pop', name], says })),
  ...images.map((bad) => ({ args: ['addservice', 'other', '-i', bad, ...version], says: bad })),
  ...versions.map((bad) => ({ args: ['release', 'webapp', '-v', bad], says: bad.slice(0, 9) })),
  ...[...badSettings, ...badEndpoints, ...badRelations, ...usage, ...unknown],
];

/** What the rules refuse in a lab that runs webapp v0.1 to v0.3 on two hosts, with prod at 8080. */
export function refusedByRules(image: string): HostileCase[] {
  const refused = (says: string | RegExp, ...args: string[]): HostileCase => ({ args, says, exitCode: 3 });
  const add = (name: string, ...rest: string[]): string[] => ['addservice', name, '-i', image, ...rest];
  return [
    refused('names: webapp', ...add('webapp', '-v', 'v0.1')),
    refused('names: webapp-stack1', ...add('webapp-stack1', '-v', 'v0.1')),
    refused(/3 stacks need 3 hosts/, ...add('other', '-v', 'v0.1', '-s', '3')),
    refused(/v0\.1 cannot stand on v0\.3/, ...add('other', '-v', 'v0.3', 'v0.1')),
    refused('latest is a floating tag', ...add('other', '-v', 'latest')),
    refused('latest has no order', 'release', 'webapp', '-v', 'latest'),
    refused(
      /port 8080 .* is taken by webapp-endpoint-prod/,
      'addendpoint',
      'extra',
      '-s',
      'webapp',
      '-p',
      '8080',
    ),
    refused('names: webapp-endpoint-prod', 'addendpoint', 'prod', '-s', 'webapp', '-p', '8090'),
    refused('nope', 'addendpoint', 'extra', '-s', 'webapp', '-p', '8090', '--stage', 'nope'),
    refused(/position 9/, 'addendpoint', 'extra', '-s', 'webapp', '-p', '8090', '--stackpointer', '9'),
    refused(
      /endpoint-options: webapp-endpoint-extra: it redirects port 8091 to https, and has no certificate/,
      ...['addendpoint', 'extra', '-s', 'webapp', '-p', '8090', '--redirect-from', '8091'],
    ),
    refused(
      'X-Forwarded headers are part of HTTP',
      ...['changeendpoint', 'webapp-endpoint-prod', '--mode', 'tcp', '--forwarded'],
    ),
    refused('there is no such endpoint', 'changeendpoint', 'nope', '--sticky'),
    refused('no position 7', 'pop', 'webapp', '--stackpointer', '7'),
    refused('names: webapp', 'addexternal', 'webapp', '--target', 'prod=db:1'),
    refused('names: webapp-stack1-app1', 'addexternal', 'webapp-stack1-app1', '--target', 'prod=db:1'),
    refused('there is no such stage', 'addexternal', 'db', '--target', 'staging=db:1'),
    refused('several targets at stage prod', 'addexternal', 'db', '--target', 'prod=a:1', 'prod=b:1'),
    refused('it uses nope', ...add('other', '-v', 'v0.1', '--uses', 'webapp,nope')),
    refused('it is said to use itself', ...add('other', '-v', 'v0.1', '--uses', 'other')),
    refused('nope: there is no such service', 'connect', 'webapp', '-c', 'nope'),
    refused('stack-height: webapp-stack1', 'pop', 'webapp'),
    refused('stack-height: webapp-stack2', 'delete', 'containers', 'webapp'),
  ];
}
