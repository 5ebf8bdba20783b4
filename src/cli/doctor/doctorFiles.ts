import { existsSync, statfsSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  findDirectory,
  readConfig,
  readRules,
  readSettings,
  type Config,
  type Settings,
} from '../../config/config.ts';
import { isReference } from '../../config/template.ts';
import { readOwnFile } from '../../docker/ownFiles.ts';
import { validityOfChain } from '../../haproxy/examine.ts';
import { attention, fine, type Checked } from '../../model/checked.ts';
import type { Connection } from '../../model/connection.ts';
import { UserError } from '../../model/errors.ts';
import type { State } from '../../model/state.ts';
import { judgeSpace, judgeValidity, judgeVersion } from './thresholds.ts';
import { lockDirectory } from '../../store/lockFile.ts';
import { remoteFileSystem } from '../../store/whole.ts';
import type { CommonOptions } from '../options.ts';
import { leastNode } from '../version.ts';

/** What `doctor` looks at on this machine: the configuration, its files, Node. */

export type ReadConfiguration = {
  /** Null where one of the files cannot be used; then what it would lead to is not looked at. */
  readonly settings: Settings | null;
  readonly config: Config | null;
  readonly checks: readonly Checked[];
};

/** Reads each file by itself, so that a fault in one hides none in another. */
export function examineConfiguration({ etc }: CommonOptions): ReadConfiguration {
  const directory = findDirectory(etc, process.env.CMANAGE_ETC);
  const settings = attempt(join(directory, 'cmanage.yml'), () => readSettings(directory));
  const rules = attempt(join(directory, 'rules.yml'), () => readRules(directory));
  const ownFaults = settings.value === null || rules.value === null;
  // With a fault in one of the other two this would only tell it again.
  const all = ownFaults ? null : attempt(join(directory, 'hosts.yml'), () => readOwnConfig(directory));
  return {
    settings: settings.value,
    config: all?.value ?? null,
    checks: [settings, rules, ...(all ? [all] : [])].map(({ check }) => check),
  };
}

/** The example is valid, but what it leads to is nobody's, and not to be looked at. */
function readOwnConfig(directory: string): Config {
  if (isReference(directory, 'hosts.yml'))
    throw new UserError("it is still the example, whose hosts are nobody's");
  return readConfig(directory);
}

function attempt<T>(path: string, read: () => T): { readonly value: T | null; readonly check: Checked } {
  try {
    return { value: read(), check: fine('configuration', path, 'it is valid') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      value: null,
      check: attention('configuration', path, error.message, 'mend it: see the comments in etc/'),
    };
  }
}

/** This program, the files it reads and writes, and who else can. */
export function examineFiles(
  settings: Settings,
  connection: Connection | null,
  state: State | null,
): Checked[] {
  const { directory, statePath } = settings;
  const home = dirname(statePath);
  // Before there is a state database its directory may be missing, too; it will be made where this one is.
  const place = nearestPresent(home);
  const filesystem = remoteFileSystem(place);
  const { bavail, blocks, bsize } = statfsSync(place);
  const ours = ['cmanage.yml', 'hosts.yml', 'rules.yml'].map((name) => join(directory, name));
  return [
    judgeVersion('cmanage', 'it runs on Node', process.versions.node, leastNode()),
    filesystem === null
      ? fine('lock', place, 'it is on a local file system, where a lock holds')
      : attention(
          'lock',
          place,
          `it is on ${filesystem}, where a lock may not hold against other machines`,
          'put the state on a local disk (`state` in cmanage.yml)',
        ),
    judgeSpace(place, { free: bavail * bsize, total: blocks * bsize }),
    // What is not there yet is made with the right mode.
    ...modesOf([home, statePath, lockDirectory(statePath)].filter(existsSync), 0o077),
    ...modesOf([directory, ...ours], 0o022),
    ...modesOf([...secretsOf(connection), ...filesOf(state)], 0o027),
    ...(connection ? clientCertificates(connection) : []),
  ];
}

function nearestPresent(directory: string): string {
  return existsSync(directory) ? directory : nearestPresent(dirname(directory));
}

function secretsOf(connection: Connection | null): string[] {
  const keys =
    connection?.engines.flatMap(({ transport }) => (transport.kind === 'tls' ? [transport.key] : [])) ?? [];
  const credentials = connection?.registries.flatMap((registry) => registry.credentials ?? []) ?? [];
  return [...keys, ...credentials];
}

/** The env and secret files of services; a release fails where one is missing. */
function filesOf(state: State | null): string[] {
  return (state?.services ?? []).flatMap(({ settings }) => [
    ...settings.envFiles,
    ...settings.secretFiles.map(({ path }) => path),
  ]);
}

function modesOf(paths: readonly string[], forbidden: number): Checked[] {
  return [...new Set(paths)].map((path) => {
    try {
      return judgeMode(path, statSync(path), forbidden, process.getuid?.() ?? 0);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return attention('mode', path, message, 'let this user look at it');
      // What the configuration lacks is told by what reads it.
      if (path.endsWith('.yml')) return fine('mode', path, 'there is none');
      return attention('mode', path, 'there is no such file', 'put it there: what needs it fails');
    }
  });
}

/** Whether nobody but its owner, who is this user or root, can do with a file what they must not. */
export function judgeMode(
  path: string,
  { mode, uid }: Pick<Stats, 'mode' | 'uid'>,
  forbidden: number,
  user: number,
): Checked {
  const octal = (bits: number): string => (bits & 0o7777).toString(8).padStart(4, '0');
  const fact = `its mode is ${octal(mode)}`;
  if ((mode & forbidden) !== 0)
    return attention(
      'mode',
      path,
      `${fact}: others than its owner can ${verbs(mode & forbidden)} it`,
      `chmod ${octal(mode & ~forbidden)} ${path}`,
    );
  if (uid !== user && uid !== 0)
    return attention(
      'mode',
      path,
      `it belongs to user ${uid}, who can change what cmanage does`,
      `chown ${user} ${path}`,
    );
  return fine('mode', path, fact);
}

function verbs(bits: number): string {
  const can = [
    [0o044, 'read'],
    [0o022, 'write'],
    [0o011, 'enter or run'],
  ] as const;
  return can.flatMap(([bit, verb]) => ((bits & bit) === 0 ? [] : [verb])).join(' and ');
}

/** The certificates that cmanage shows to engines, and those it believes theirs by. */
function clientCertificates({ engines }: Connection): Checked[] {
  const paths = engines.flatMap(({ transport }) =>
    transport.kind === 'tls' ? [transport.ca, transport.cert] : [],
  );
  return [...new Set(paths)].map((path) => {
    try {
      const validity = validityOfChain(readOwnFile(path).toString('latin1'));
      return validity
        ? judgeValidity(path, validity, Date.now())
        : attention(
            'certificate',
            path,
            'it has no certificate that can be read',
            'its hosts cannot be reached: look at the file',
          );
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return attention('certificate', path, error.message, 'its hosts cannot be reached: put it there');
    }
  });
}
