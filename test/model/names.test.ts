import { describe, expect, it } from '@jest/globals';
import {
  containerName,
  endpointName,
  isAddress,
  isHost,
  isHostName,
  isName,
  isRepository,
  isTag,
  registryOf,
  stackName,
} from '../../src/model/names.ts';

const hostile = [
  '',
  ' ',
  'web app',
  'webapp\n',
  '\nwebapp',
  'web\r\napp',
  'webapp;reboot',
  '../etc',
  '..',
  '/etc/passwd',
  '$(id)',
  '`id`',
  "web'app",
  'web"app',
  'web\\app',
  'web\u0000app',
  'web#app',
  'webäpp',
  'web\u202eapp',
  '\u0430pp',
  'a'.repeat(300),
];

describe('isName', () => {
  it.each(['a', '0', 'webapp', 'web-app', '9lives', 'a-', 'a'.repeat(40)])('accepts %p', (text) => {
    expect(isName(text)).toBe(true);
  });

  it.each([...hostile, 'Webapp', '-webapp', 'web_app', 'web.app', 'a'.repeat(41)])('refuses %p', (text) => {
    expect(isName(text)).toBe(false);
  });
});

describe('isRepository', () => {
  it.each([
    'nginx',
    'larhauga/webapp',
    'registry.example/larhauga/webapp',
    'registry.example:5000/webapp',
    'localhost/webapp',
    'localhost:5000/a/b/c',
    '192.0.2.20:5000/webapp',
    'a.b/c_d/e__f/g--h',
    'Registry.Example/webapp',
    'REGISTRY.EXAMPLE/webapp',
    'r:5000/webapp',
    `registry.example/${'a'.repeat(238)}`,
  ])('accepts %p', (text) => {
    expect(isRepository(text)).toBe(true);
  });

  it.each([
    ...hostile,
    'Webapp',
    'larhauga/Webapp',
    'webapp:v0.1',
    'registry.example/webapp:v0.1',
    'webapp@sha256:abc',
    'https://registry.example/webapp',
    '/webapp',
    'webapp/',
    'a//b',
    'a..b/c..d',
    'a___b',
    '_a',
    'a_',
    'registry.example:port/webapp',
    `registry.example/${'a'.repeat(239)}`,
  ])('refuses %p', (text) => {
    expect(isRepository(text)).toBe(false);
  });
});

describe('registryOf', () => {
  it.each([
    ['registry.example/larhauga/webapp', 'registry.example'],
    ['registry:5000/webapp', 'registry:5000'],
    ['localhost/webapp', 'localhost'],
    ['larhauga/webapp', null],
    ['larhauga/web.app', null],
    ['localhost', null],
    ['web.app', null],
    ['', null],
  ])('of %p is %p', (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});

describe('isTag', () => {
  it.each(['v0.1', 'latest', '1.2.3-rc.1', '_x', 'A', 'a'.repeat(128)])('accepts %p', (text) => {
    expect(isTag(text)).toBe(true);
  });

  it.each([...hostile, '.1', '-1', '1+2', 'a/b', 'a:b', 'a'.repeat(129)])('refuses %p', (text) => {
    expect(isTag(text)).toBe(false);
  });
});

describe('isHostName', () => {
  it.each([
    'example.com',
    'www.example.com',
    'localhost',
    'xn--bcher-kva.example',
    '1.example',
    `abc.${Array(50).fill('abcd').join('.')}`,
  ])('accepts %p', (text) => {
    expect(isHostName(text)).toBe(true);
  });

  it.each([
    ...hostile,
    'WWW.example.com',
    '-a.example',
    'a-.example',
    'example..com',
    'example.com.',
    '*.example.com',
    'example.com:80',
    `${'a'.repeat(64)}.example`,
    `abcd.${Array(50).fill('abcd').join('.')}`,
  ])('refuses %p', (text) => {
    expect(isHostName(text)).toBe(false);
  });
});

describe('isAddress', () => {
  it.each(['192.0.2.10', '0.0.0.0', '255.255.255.255'])('accepts %p', (text) => {
    expect(isAddress(text)).toBe(true);
  });

  it.each([
    ...hostile,
    '192.0.2',
    '192.0.2.256',
    '192.0.02.1',
    '1.2.3.4.5',
    '::1',
    '192.0.2.10/24',
    '1.2.3.4 ',
  ])('refuses %p', (text) => {
    expect(isAddress(text)).toBe(false);
  });
});

describe('isHost', () => {
  it.each(['192.0.2.10', 'db.prod.example', 'localhost', '1.example', '4th-floor', 'a1'])(
    'accepts %p',
    (text) => {
      expect(isHost(text)).toBe(true);
    },
  );

  it.each([...hostile, '192.0.2.256', '192.0.2', '010.0.0.1', '7', 'db.7', 'Db', 'db:5432', '::1'])(
    'refuses %p',
    (text) => {
      expect(isHost(text)).toBe(false);
    },
  );
});

describe('the names of things', () => {
  it('are known before anybody is asked', () => {
    expect(stackName('webapp', 1)).toBe('webapp-stack1');
    expect(containerName('webapp-stack1', 4)).toBe('webapp-stack1-app4');
    expect(endpointName('webapp', 'prod')).toBe('webapp-endpoint-prod');
  });
});
