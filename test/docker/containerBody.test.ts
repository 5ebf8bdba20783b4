import { describe, expect, it } from '@jest/globals';
import { containerBody } from '../../src/docker/containerBody.ts';
import { checkOwnFiles, parseEnvFile } from '../../src/docker/ownFiles.ts';
import { UserError } from '../../src/model/errors.ts';
import { profiles } from '../../src/model/profile.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { specHash } from '../../src/plan/spec.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeSpec, origin } from '../support/specs.ts';

const directory = temporaryDirectory();

describe('containerBody', () => {
  it('is a container under the baseline profile', () => {
    const spec = makeSpec();
    expect(containerBody(spec, origin)).toEqual({
      name: 'webapp-stack1-app1',
      Hostname: 'webapp-stack1-app1',
      Image: spec.image,
      Env: [],
      Labels: {
        'cmanage.environment': 'the-environment',
        'cmanage.operation': '7',
        'cmanage.step': '3',
        'cmanage.spec': specHash(spec),
        'cmanage.service': 'webapp',
        'cmanage.stack': 'webapp-stack1',
        'cmanage.position': '0',
        'cmanage.version': 'v0.1',
        'cmanage.digest': spec.digest,
        'cmanage.settings': JSON.stringify(spec.settings),
        'cmanage.links': '{}',
      },
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        PortBindings: { '80/tcp': [{ HostPort: '20000' }] },
        RestartPolicy: { Name: 'always' },
        PidsLimit: 512,
        CapDrop: ['NET_RAW', 'MKNOD', 'AUDIT_WRITE', 'SYS_CHROOT', 'SETFCAP'],
        SecurityOpt: ['no-new-privileges'],
        Privileged: false,
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      },
    });
  });

  it('is confined by strict as far as an engine can', () => {
    const settings = { profile: 'strict', user: '1000:1000' } as const;
    expect(containerBody(makeSpec(settings), origin)).toMatchObject({
      User: '1000:1000',
      HostConfig: {
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': 'rw,nosuid,nodev,noexec,size=64m' },
        Privileged: false,
        PidsLimit: 512,
      },
    });
    expect(containerBody(makeSpec(settings), origin).Volumes).toBeUndefined();
    const secretFiles = [{ name: 'token', path: '/nowhere' }];
    expect(containerBody(makeSpec({ ...settings, secretFiles }), origin).Volumes).toEqual({
      '/run/secrets': {},
    });
  });

  it('is left by engine as the engine does, and never privileged', () => {
    const { HostConfig } = containerBody(makeSpec({ profile: 'engine' }), origin);
    expect(HostConfig).toMatchObject({ Privileged: false, PidsLimit: 512 });
    expect(HostConfig).not.toHaveProperty('CapDrop');
    expect(HostConfig).not.toHaveProperty('SecurityOpt');
  });

  it('has the same hash under baseline as before there were profiles', () => {
    expect(specHash(makeSpec())).toBe('8ee0286048aed5bc');
    expect(specHash(makeSpec({ profile: 'strict' }))).not.toBe('8ee0286048aed5bc');
  });

  it('has the limits and the command that were asked for', () => {
    const settings = {
      memory: 64 * 1024 ** 2,
      cpus: 0.5,
      pids: 99,
      command: ['serve', '-p', '1'],
      containerPort: 8080,
    };
    expect(containerBody(makeSpec(settings), origin)).toMatchObject({
      Cmd: ['serve', '-p', '1'],
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: {
        PortBindings: { '8080/tcp': [{ HostPort: '20000' }] },
        ...{ Memory: 67108864, MemorySwap: 67108864, NanoCpus: 500_000_000, PidsLimit: 99 },
      },
    });
  });

  it.each(profiles)('never opens the host to the container, under the profile %s', (profile) => {
    const host = containerBody(makeSpec({ profile }), origin).HostConfig ?? {};
    expect(host.Privileged).toBe(false);
    const loose = ['CapAdd', 'Binds', 'Mounts', 'Devices', 'NetworkMode', 'PidMode', 'IpcMode', 'UsernsMode'];
    expect(Object.keys(host).filter((key) => loose.includes(key))).toEqual([]);
  });

  it('has its variables from the files in their order, and those given one by one win', () => {
    const first = fileIn(directory, 'first.env', 'A=file\nB=file\n');
    const second = fileIn(directory, 'second.env', 'B=second\nC=second\n');
    const spec = makeSpec({ envFiles: [first, second], env: { C: 'given', D: 'a=b c' } });
    expect(containerBody(spec, origin).Env).toEqual(['A=file', 'B=second', 'C=given', 'D=a=b c']);
  });

  it('shows no value of a variable but in its environment', () => {
    const file = fileIn(directory, 'secret.env', 'FROM_FILE=hush-file\n');
    const secretFile = fileIn(directory, 'key', 'hush-secret');
    const settings = {
      env: { GIVEN: 'hush-given' },
      envFiles: [file],
      secretFiles: [{ name: 'key', path: secretFile }],
    };
    const { Env, ...rest } = containerBody(makeSpec(settings), origin);
    expect(Env).toEqual(['FROM_FILE=hush-file', 'GIVEN=hush-given']);
    expect(JSON.stringify(rest)).not.toContain('hush');
  });
});

describe('parseEnvFile', () => {
  it.each([
    [
      'lines',
      'A=1\nB=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['blank lines and comments', '\n# A=1\n  \nB=2\n', [['B', '2']]],
    [
      'line breaks of Windows',
      'A=1\r\nB=2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['values as they stand', 'A= x = "y" # z', [['A', ' x = "y" # z']]],
    ['an empty value', 'A=', [['A', '']]],
    ['an empty file', '', []],
  ])('reads %s', (_case, text, expected) => {
    expect(parseEnvFile('a.env', text)).toEqual(expected);
  });

  it.each(['A', 'export A=hush', '1A=hush', 'A B=hush', '=hush', 'A-B=hush', 'A=hush\u0000'])(
    'refuses %p by its line, without showing it',
    (line) => {
      const parse = (): unknown => parseEnvFile('a.env', `X=1\n${line}`);
      expect(parse).toThrow(UserError);
      expect(parse).toThrow('a.env:2: this line is not NAME=value');
      expect(parse).not.toThrow('hush');
    },
  );
});

describe('checkOwnFiles', () => {
  it.each([
    ['an env file', { envFiles: ['/nowhere/a.env'] }],
    ['a secret file', { secretFiles: [{ name: 'key', path: '/nowhere/key' }] }],
  ])('notices %s that is missing', (_case, change) => {
    const check = (): void => {
      checkOwnFiles({ ...defaultSettings, ...change });
    };
    expect(check).toThrow(UserError);
    expect(check).toThrow('/nowhere/');
  });
});
