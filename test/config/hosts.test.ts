import { describe, expect, it } from '@jest/globals';
import { readConfig, type Config } from '../../src/config/config.ts';
import { UserError } from '../../src/model/errors.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
fileIn(directory, 'cmanage.yml', 'environment: test\nstate: state.db\n');

function configOf(hosts: string): Config {
  fileIn(directory, 'hosts.yml', hosts);
  return readConfig(directory);
}

/** hosts.yml with one host, of which some lines are given. */
function oneHost(...lines: string[]): string {
  return ['hosts:', '  docker01:', '    address: 192.0.2.11', ...lines.map((line) => `    ${line}`), ''].join(
    '\n',
  );
}

const tls = 'tls: { ca: tls/ca.pem, cert: /abs/cert.pem, key: key.pem }';

describe('hosts.yml: the way to an engine', () => {
  it.each([
    ['a socket', ['engine: unix:///run/docker.sock'], { kind: 'unix', socket: '/run/docker.sock' }],
    [
      'mutual TLS, with paths that begin at the file',
      ['engine: tcp://docker01.example:2376', tls],
      {
        kind: 'tls',
        host: 'docker01.example',
        port: 2376,
        ca: `${directory}/tls/ca.pem`,
        cert: '/abs/cert.pem',
        key: `${directory}/key.pem`,
      },
    ],
    [
      'plain TCP, asked for',
      ['engine: tcp://192.0.2.11:2375', 'insecure: true'],
      { kind: 'plain', host: '192.0.2.11', port: 2375 },
    ],
    [
      'ssh',
      ['engine: ssh://cmanage@docker01.example'],
      { kind: 'ssh', destination: 'cmanage@docker01.example', port: null, socket: '/var/run/docker.sock' },
    ],
    [
      'ssh with a port and a socket',
      ['engine: ssh://docker01:2222/run/user/1000/docker.sock'],
      { kind: 'ssh', destination: 'docker01', port: 2222, socket: '/run/user/1000/docker.sock' },
    ],
  ])('may be %s', (_case, lines, transport) => {
    expect(configOf(oneHost(...lines)).connection.engines).toEqual([
      { name: 'docker01', address: '192.0.2.11', parallel: 6, transport },
    ]);
  });

  it.each([
    ['plain TCP', ['engine: tcp://docker01:2375'], 'plain TCP lets anyone be this host'],
    ['plain TCP, not asked for', ['engine: tcp://docker01:2375', 'insecure: false'], 'plain TCP lets anyone'],
    ['no port', ['engine: tcp://docker01', 'insecure: true'], 'give unix:///path, tcp://HOST:PORT or ssh://'],
    ['port 0', ['engine: tcp://docker01:0', 'insecure: true'], 'give a port from 1 to 65535'],
    ['port 65536', ['engine: tcp://docker01:65536', 'insecure: true'], 'give a port from 1 to 65535'],
    ['an ssh port of 99999', ['engine: ssh://docker01:99999'], 'give a port from 1 to 65535'],
    ['an option in place of a destination', ['engine: ssh://-oProxyCommand=reboot'], 'give unix:///path'],
    ['an option in place of a user', ['engine: ssh://-l@docker01'], 'give unix:///path'],
    ['a command in a destination', ['engine: "ssh://a;reboot"'], 'give unix:///path'],
    ['another scheme', ['engine: http://docker01:2375'], 'give unix:///path'],
    ['a relative socket', ['engine: unix://docker.sock'], 'give unix:///path'],
    ['tls without a key', ['engine: tcp://a:1', 'tls: { ca: a, cert: b }'], 'tls.key: '],
    ['nothing', [], 'hosts.docker01.engine: '],
  ])('is not %s', (_case, lines, expected) => {
    expect(() => configOf(oneHost(...lines))).toThrow(UserError);
    expect(() => configOf(oneHost(...lines))).toThrow(expected);
  });

  it('is refused on its line', () => {
    expect(() => configOf(oneHost('', 'engine: tcp://docker01:2375'))).toThrow(
      'hosts.yml:5: hosts.docker01.engine',
    );
  });
});

describe('hosts.yml: a host', () => {
  const engine = 'engine: unix:///run/docker.sock';

  it('has defaults', () => {
    expect(configOf(oneHost(engine)).environment).toMatchObject({
      hosts: [
        {
          ...{ name: 'docker01', address: '192.0.2.11', ports: { from: 20000, to: 29999 } },
          ...{ maxContainers: null, labels: {}, placement: true },
        },
      ],
      loadBalancers: [],
      links: { address: null, http: { from: 10000, to: 11999 }, tcp: { from: 12000, to: 12499 } },
    });
  });

  it.each([
    ['ports: 1-65535', { ports: { from: 1, to: 65535 } }],
    ['ports: 20000-20000', { ports: { from: 20000, to: 20000 } }],
    ['max_containers: 7', { maxContainers: 7 }],
    ['placement: false', { placement: false }],
    ['placement: true', { placement: true }],
    [
      'labels: { disk: ssd, A.b_c-1: "a/b:c.d_e-f", empty: "" }',
      { labels: { disk: 'ssd', 'A.b_c-1': 'a/b:c.d_e-f', empty: '' } },
    ],
    [`labels: { ${'k'.repeat(63)}: ${'v'.repeat(63)} }`, { labels: { ['k'.repeat(63)]: 'v'.repeat(63) } }],
  ])('may say %s', (line, expected) => {
    expect(configOf(oneHost(engine, line)).environment.hosts).toMatchObject([expected]);
  });

  it.each([
    ['ports: 0-80', 'the lower one first'],
    ['ports: 80-65536', 'the lower one first'],
    ['ports: 30000-20000', 'the lower one first'],
    ['ports: 20000', 'ports: '],
    ['ports: a-b', 'such as 20000-20999'],
    ['ports: "20000-20999\\n"', 'such as 20000-20999'],
    ['max_containers: 0', 'max_containers: '],
    ['max_containers: 1.5', 'max_containers: '],
    ['parallel: 0', 'parallel: '],
    ['parallel: 65', 'parallel: '],
    ['memory: 5', 'memory: there is no such setting'],
    ['placement: maybe', 'hosts.docker01.placement: '],
    ['labels: disk', 'hosts.docker01.labels: '],
    ['labels: { disk: [ssd] }', 'hosts.docker01.labels.disk: '],
    ['labels: { disk: "a b" }', 'hosts.yml:5: hosts.docker01.labels.disk: give a text of letters'],
    ['labels: { disk: "a=b" }', 'give a text of letters, digits and _ . / : -'],
    [`labels: { disk: ${'v'.repeat(64)} }`, 'give a text of letters'],
    ['labels: { "a b": c }', 'labels.a b: '],
    ['labels: { "": c }', 'hosts.docker01.labels.'],
    ['labels: { "a=b": c }', 'labels.a=b: give a key of letters, digits and _ . -'],
    [`labels: { ${'k'.repeat(64)}: v }`, `labels.${'k'.repeat(64)}: `],
  ])('may not say %s', (line, expected) => {
    expect(() => configOf(oneHost(engine, line))).toThrow(expected);
  });

  it.each([
    [
      'an address that is none',
      'hosts: { docker01: { engine: "unix:///a", address: docker01 } }\n',
      'give an IPv4 address',
    ],
    [
      'a name that is none',
      'hosts: { Docker_01: { engine: "unix:///a", address: 192.0.2.1 } }\n',
      'hosts.Docker_01: use lower-case letters, digits and hyphens',
    ],
    ['no host at all', 'hosts: {}\n', 'name at least one host'],
    ['no list of hosts', 'loadbalancers: {}\n', 'hosts: '],
  ])('is not %s', (_case, text, expected) => {
    expect(() => configOf(text)).toThrow(UserError);
    expect(() => configOf(text)).toThrow(expected);
  });
});

/** hosts.yml with one host and other parts. */
function withParts(...lines: string[]): string {
  return [oneHost('engine: unix:///run/docker.sock'), ...lines, ''].join('\n');
}

const balancer = ['config: /etc/h.cfg', 'master_socket: /run/m.sock', 'stats_socket: /run/s.sock'];
const withBalancer = (...lines: string[]): string =>
  withParts('loadbalancers:', '  lb01:', ...[...balancer, ...lines].map((line) => `    ${line}`));

describe('hosts.yml: a load balancer', () => {
  it('has defaults', () => {
    const { environment, connection } = configOf(withBalancer());
    expect(environment.loadBalancers).toEqual([
      {
        ...{ name: 'lb01', address: null, statsSocket: '/run/s.sock', drainLimit: 30 },
        linkMap: '/etc/h.cfg.links.map',
      },
    ]);
    expect(connection.balancers).toEqual([
      {
        ...{ name: 'lb01', run: [] },
        ...{ config: '/etc/h.cfg', linkMap: '/etc/h.cfg.links.map' },
        ...{ masterSocket: '/run/m.sock', program: 'haproxy' },
      },
    ]);
  });

  it('may be reached by a prefix, and have an address and a limit', () => {
    const { environment, connection } = configOf(
      withBalancer(
        'run: [ssh, lb01.example]',
        'address: 192.0.2.10',
        'drain_limit: 5',
        'program: /opt/haproxy',
      ),
    );
    expect(environment.loadBalancers).toMatchObject([{ address: '192.0.2.10', drainLimit: 5 }]);
    expect(connection.balancers).toMatchObject([{ run: ['ssh', 'lb01.example'], program: '/opt/haproxy' }]);
  });

  it.each([
    ['run: [ssh, "lb01; reboot"]', 'give one word without blanks or quotes'],
    ['program: "haproxy -D"', 'give one word without blanks or quotes'],
    ['drain_limit: 0', 'drain_limit: '],
    ['address: "*"', 'give an IPv4 address'],
  ])('may not say %s', (line, expected) => {
    expect(() => configOf(withBalancer(line))).toThrow(expected);
  });

  it.each(["'/run/a b'", '"/run/a\\nb"', '/run/a#b', '/run/$a', 'relative.cfg'])(
    'has no socket at %s',
    (socket) => {
      const text = withBalancer().replace('/run/s.sock', socket);
      expect(() => configOf(text)).toThrow(/hosts\.yml:\d+: loadbalancers\.lb01\.stats_socket: give a path/);
    },
  );
});

describe('hosts.yml: a registry', () => {
  it('may be without TLS, and have a file of credentials', () => {
    const lines = [
      'registries:',
      '  192.0.2.20:5000: { insecure: true }',
      '  r.example: { credentials: r.password }',
    ];
    expect(configOf(withParts(...lines)).connection.registries).toEqual([
      { address: '192.0.2.20:5000', insecure: true, credentials: null },
      { address: 'r.example', insecure: false, credentials: `${directory}/r.password` },
    ]);
  });

  it.each(['https://r.example', 'r.example/path', '"r example"'])('is not called %s', (name) => {
    expect(() => configOf(withParts('registries:', `  ${name}: {}`))).toThrow('give HOST or HOST:PORT');
  });
});
