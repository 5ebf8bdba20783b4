import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { connectionOf, faultIn, filesOf, type Draft } from '../../src/config/draft.ts';
import {
  hasConfiguration,
  isReference,
  referenceFile,
  writeConfiguration,
  writeDrafted,
} from '../../src/config/template.ts';
import { parametersFor } from '../../src/model/rules.ts';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();

const draft: Draft = {
  environment: 'staging',
  state: 'cmanage.db',
  hosts: [
    { name: 'docker01', engine: 'unix:///var/run/docker.sock', address: '127.0.0.1', tls: null },
    {
      ...{ name: 'null', engine: 'tcp://docker02.example.net:2376', address: '192.0.2.12' },
      tls: { ca: 'tls/ca.pem', cert: '/etc/tls/cert.pem', key: 'tls/key.pem' },
    },
    { name: '0x10', engine: 'tcp://192.0.2.13:2375', address: '192.0.2.13', tls: null },
    { name: 'docker04', engine: 'ssh://me@docker04:2222', address: '192.0.2.14', tls: null },
  ],
  balancers: [
    {
      ...{ name: 'lb01', address: '192.0.2.10', config: '/etc/haproxy/haproxy.cfg', run: ['ssh', 'lb01'] },
      ...{ masterSocket: '/run/haproxy/master.sock', statsSocket: '/run/haproxy/stats.sock' },
    },
  ],
  registries: [{ address: '192.0.2.20:5000', insecure: true }],
  stages: ['live', 'test'],
  minContainers: 2,
};

const read = (given: Draft) => {
  const etc = mkdtempSync(join(directory, 'etc-'));
  writeDrafted(etc, filesOf(given));
  return { etc, config: readConfig(etc) };
};

describe('the files of a draft', () => {
  it('say all that was answered', () => {
    const { etc, config } = read(draft);
    expect(config.settings).toMatchObject({ environmentName: 'staging', statePath: join(etc, 'cmanage.db') });
    expect(config.environment.rules.stages).toEqual(['live', 'test']);
    expect(
      config.connection.engines.map(({ name, address, transport }) => ({ name, address, transport })),
    ).toEqual([
      { name: 'docker01', address: '127.0.0.1', transport: { kind: 'unix', socket: '/var/run/docker.sock' } },
      {
        ...{ name: 'null', address: '192.0.2.12' },
        transport: {
          ...{ kind: 'tls', host: 'docker02.example.net', port: 2376, ca: join(etc, 'tls/ca.pem') },
          ...{ cert: '/etc/tls/cert.pem', key: join(etc, 'tls/key.pem') },
        },
      },
      { name: '0x10', address: '192.0.2.13', transport: { kind: 'plain', host: '192.0.2.13', port: 2375 } },
      {
        ...{ name: 'docker04', address: '192.0.2.14' },
        transport: { kind: 'ssh', destination: 'me@docker04', port: 2222, socket: '/var/run/docker.sock' },
      },
    ]);
    expect(config.connection.balancers).toMatchObject([
      { name: 'lb01', run: ['ssh', 'lb01'], config: '/etc/haproxy/haproxy.cfg' },
    ]);
    expect(config.environment.loadBalancers).toMatchObject([{ address: '192.0.2.10' }]);
    expect(config.connection.registries).toEqual([
      { address: '192.0.2.20:5000', insecure: true, credentials: null },
    ]);
  });

  it('set the height and the pinned stage by the stages, and keep every other rule', () => {
    const { rules } = read(draft).config.environment;
    expect(parametersFor(rules, 'stack-height', null, { min_containers: 3 })).toMatchObject({
      min_containers: 2,
    });
    const pinned = parametersFor(rules, 'version-pinned', null, { stages: ['prod'], floating: [''] });
    expect(pinned.stages).toEqual(['live']);
    expect(pinned.floating).toContain('latest');
  });

  it('are commented, the settings and rules as the reference is', () => {
    const { etc } = read({ ...draft, balancers: [], registries: [], hosts: draft.hosts.slice(0, 1) });
    const textOf = (name: string): string => readFileSync(join(etc, name), 'utf8');
    expect(textOf('rules.yml')).toContain('# A stack is as high as there are stages');
    expect(textOf('cmanage.yml')).toContain('# Seconds to wait for another operation');
    expect(textOf('hosts.yml')).toContain('# The Docker hosts');
    expect(textOf('hosts.yml')).not.toMatch(/loadbalancers|registries:/);
  });

  it('are never written over others', () => {
    const { etc } = read(draft);
    expect(hasConfiguration(etc)).toBe(true);
    expect(() => writeDrafted(etc, filesOf(draft))).toThrow('EEXIST');
    expect(hasConfiguration(join(etc, 'elsewhere'))).toBe(false);
  });

  it("are written over the example, which is nobody's, and never over the reference itself", () => {
    const etc = join(directory, 'example');
    writeConfiguration(etc);
    expect(hasConfiguration(etc)).toBe(false);
    writeDrafted(etc, filesOf(draft));
    expect(readConfig(etc).settings.environmentName).toBe('staging');
    expect([isReference(etc, 'hosts.yml'), hasConfiguration(etc)]).toEqual([false, true]);
    const own = dirname(referenceFile('hosts.yml'));
    const link = join(directory, 'link');
    symlinkSync(own, link);
    expect([own, link].map(hasConfiguration)).toEqual([true, true]);
  });
});

describe('a part of a draft', () => {
  const host = draft.hosts[0];
  if (!host) throw new Error('no host');

  it.each([
    [{ engine: 'docker' }, 'give unix:///path, tcp://HOST:PORT or ssh://USER@HOST'],
    [{ engine: 'tcp://a:99999' }, 'give a port from 1 to 65535'],
    [{ address: 'docker01' }, 'give an IPv4 address such as 192.0.2.11'],
    [{ engine: 'unix:///a b' }, 'give unix:///path, tcp://HOST:PORT or ssh://USER@HOST'],
    [{ engine: 'x: {y: z}' }, 'give unix:///path, tcp://HOST:PORT or ssh://USER@HOST'],
    [{}, null],
  ])('with %j: %s', (change, fault) => {
    const part = { hosts: [{ ...host, ...change }], balancers: [], registries: [] };
    expect(faultIn(part)).toBe(fault);
    if (fault === null) expect(connectionOf(part, '/etc/x').engines).toHaveLength(1);
  });
});
