import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findDirectory, lookForDirectory, readConfig, readSettings } from '../../src/config/config.ts';
import { writeConfiguration } from '../../src/config/template.ts';
import { UserError } from '../../src/model/errors.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const reference = new URL('../../etc', import.meta.url).pathname;

describe('cmanage.yml', () => {
  it.each([
    ['a relative path, which begins at the file', 'state: lib/a.db', `${directory}/lib/a.db`, 5],
    ['an absolute path', 'state: /var/lib/a.db', '/var/lib/a.db', 5],
    ['another wait', 'state: /a.db\nlock_wait: 0.5', '/a.db', 0.5],
  ])('has %s', (_case, lines, statePath, lockWait) => {
    fileIn(directory, 'cmanage.yml', `environment: test\n${lines}\n`);
    expect(readSettings(directory)).toMatchObject({
      directory,
      environmentName: 'test',
      statePath,
      lockWait,
    });
  });

  it('has where the own log goes, beside the file where that is relative', () => {
    const [without, relative] = ['', 'log_file: cmanage.log\n'].map((line) => {
      fileIn(directory, 'cmanage.yml', `environment: test\nstate: a.db\n${line}`);
      return readSettings(directory).logFile;
    });
    expect([without, relative]).toEqual([null, join(directory, 'cmanage.log')]);
    expect(readSettings(reference).logFile).toBeNull();
  });

  it('has what `cmanage watch` does, and the reference says what it does without', () => {
    const usual = { interval: 60, repairsPerHour: 10, repairsPerObject: 3, webhook: null, command: null };
    fileIn(directory, 'cmanage.yml', 'environment: test\nstate: a.db\n');
    expect(readSettings(directory).watch).toEqual(usual);
    expect(readSettings(reference).watch).toEqual(usual);
    const watch =
      'watch:\n  interval: 5\n  repairs_per_hour: 0\n  webhook: https://a.example/x\n  command: [a, b]\n';
    fileIn(directory, 'cmanage.yml', `environment: test\nstate: a.db\n${watch}`);
    const given = { interval: 5, repairsPerHour: 0, webhook: 'https://a.example/x', command: ['a', 'b'] };
    expect(readSettings(directory).watch).toEqual({ ...usual, ...given });
  });

  it.each([
    ['no environment', 'state: a.db', 'environment: '],
    ['a wrong name', 'environment: "a b"\nstate: a.db', 'cmanage.yml:1: environment: use lower-case letters'],
    ['no state', 'environment: a', 'state: '],
    ['an empty state', 'environment: a\nstate: ""', 'cmanage.yml:2: state: '],
    ['a negative wait', 'environment: a\nstate: b\nlock_wait: -1', 'cmanage.yml:3: lock_wait: '],
    [
      'a webhook that is no web address',
      'environment: a\nstate: b\nwatch:\n  webhook: file:///etc/passwd',
      'cmanage.yml:4: watch.webhook: give an address that begins with https:// or http://',
    ],
    ['an unknown key', 'environment: a\nstate: b\nlock: 1', 'cmanage.yml:3: lock: there is no such setting'],
  ])('is refused with %s', (_case, text, expected) => {
    fileIn(directory, 'cmanage.yml', `${text}\n`);
    expect(() => readSettings(directory)).toThrow(UserError);
    expect(() => readSettings(directory)).toThrow(expected);
  });
});

describe('findDirectory', () => {
  it('takes the option, then the variable, then what there is', () => {
    expect(findDirectory('/a', '/b')).toBe('/a');
    expect(findDirectory(undefined, '/b')).toBe('/b');
    expect(findDirectory(undefined, '')).toBe(reference);
    expect(lookForDirectory('/a', '/b')).toBe('/a');
    expect(lookForDirectory(undefined, '')).toBe(reference);
  });
});

describe('a directory that was named and is none', () => {
  it.each(['/nowhere', '/etc/passwd'])('is said of %s, and who named it', (named) => {
    const says = `there is no directory ${named}, where --etc or CMANAGE_ETC says that the configuration is`;
    expect(() => readSettings(named)).toThrow(new UserError(says));
    expect(() => readConfig(named)).toThrow(new UserError(says));
  });
});

describe('the reference etc/', () => {
  it('can be read as it stands', () => {
    const { settings, environment, connection } = readConfig(reference);
    expect(settings.environmentName).toBe('production');
    expect(environment.hosts.map((host) => host.name)).toEqual(['docker01', 'docker02']);
    expect(environment.loadBalancers.map((balancer) => balancer.name)).toEqual(['lb01']);
    expect(connection.engines.map((engine) => engine.transport.kind)).toEqual(['tls', 'ssh']);
  });

  it('is what init writes, and an existing file is never overwritten', () => {
    const fresh = join(directory, 'new', 'etc');
    expect(writeConfiguration(fresh)).toEqual(
      ['cmanage.yml', 'hosts.yml', 'rules.yml'].map((name) => join(fresh, name)),
    );
    for (const name of ['cmanage.yml', 'hosts.yml', 'rules.yml']) {
      expect(readFileSync(join(fresh, name), 'utf8')).toBe(readFileSync(join(reference, name), 'utf8'));
    }
    expect(writeConfiguration(fresh)).toEqual([]);
  });

  it('fills up a directory that has some of its files', () => {
    const some = join(directory, 'some');
    mkdirSync(some);
    const mine = fileIn(some, 'rules.yml', '# mine\n');
    expect(writeConfiguration(some)).toEqual([join(some, 'cmanage.yml'), join(some, 'hosts.yml')]);
    expect(readFileSync(mine, 'utf8')).toBe('# mine\n');
  });

  it('is not written below what is no directory', () => {
    const file = fileIn(directory, 'file', '');
    expect(() => writeConfiguration(join(file, 'etc'))).toThrow(
      new UserError(`the configuration cannot be written: ${file} is no directory`),
    );
  });
});
