import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Connection } from '../model/connection.ts';
import type { Environment } from '../model/environment.ts';
import { UserError } from '../model/errors.ts';
import { isName, nameRule } from '../model/names.ts';
import { hostsSchema, readHosts } from './hosts.ts';
import { rulesSchema } from './rules.ts';
import { linesIn, parseYaml, readText, readYaml } from './yaml.ts';

/** What cmanage.yml says: where the state and the log are, and how long to wait for another operation. */
export type Settings = {
  readonly directory: string;
  readonly environmentName: string;
  readonly statePath: string;
  /** Seconds. */
  readonly lockWait: number;
  /** Where cmanage's own log goes; null nowhere. */
  readonly logFile: string | null;
  readonly watch: WatchSettings;
};

/** How `cmanage watch` looks, repairs and tells. */
export type WatchSettings = {
  /** Seconds between two looks where nothing happens. */
  readonly interval: number;
  /** Repairs within an hour, of all and of one container or load balancer; beyond that it only tells. */
  readonly repairsPerHour: number;
  readonly repairsPerObject: number;
  /** Where events are posted as JSON; null nowhere. It may hold a secret. */
  readonly webhook: string | null;
  /** A program and its arguments that gets each event as JSON on its standard input; null none. */
  readonly command: readonly string[] | null;
};

/** The whole configuration. */
export type Config = {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly connection: Connection;
  /** What rules.yml says word by word, for the history; null where there is none. */
  readonly rulesText: string | null;
};

const settingsSchema = z.strictObject({
  environment: z.string().refine(isName, `use ${nameRule}`),
  state: z.string().min(1).max(1000),
  lock_wait: z.number().min(0).max(3600).default(5),
  log_file: z.string().min(1).max(1000).nullable().default(null),
  watch: z
    .strictObject({
      interval: z.number().min(1).max(86_400).default(60),
      repairs_per_hour: z.int().min(0).max(10_000).default(10),
      repairs_per_object: z.int().min(0).max(10_000).default(3),
      webhook: z
        .url({ protocol: /^https?$/, error: 'give an address that begins with https:// or http://' })
        .nullable()
        .default(null),
      command: z.array(z.string().min(1).max(4096)).min(1).max(64).nullable().default(null),
    })
    .prefault({}),
});

/**
 * Looks for the configuration: `--etc DIR`, `CMANAGE_ETC`, `./etc`, `/etc/cmanage`; the first that is given, whatever is there, or that has a
 * cmanage.yml. Null where there is none.
 */
export function lookForDirectory(option: string | undefined, variable: string | undefined): string | null {
  const given = option ?? (variable === '' ? undefined : variable);
  if (given !== undefined) return resolve(given);
  const found = ['etc', '/etc/cmanage'].find((directory) => existsSync(join(directory, 'cmanage.yml')));
  return found === undefined ? null : resolve(found);
}

/** The directory of the configuration; a UserError where there is none. */
export function findDirectory(option: string | undefined, variable: string | undefined): string {
  const found = lookForDirectory(option, variable);
  if (found !== null) return found;
  throw new UserError(
    "there is no configuration in ./etc or /etc/cmanage: give --etc DIR, or create one by 'cmanage init'",
  );
}

/** Reads cmanage.yml alone, which is all that the commands that only look at the state need. */
export function readSettings(directory: string): Settings {
  demandDirectory(directory);
  const file = readYaml(join(directory, 'cmanage.yml'), settingsSchema);
  return {
    directory,
    environmentName: file.environment,
    statePath: resolve(directory, file.state),
    lockWait: file.lock_wait,
    logFile: file.log_file === null ? null : resolve(directory, file.log_file),
    watch: {
      interval: file.watch.interval,
      repairsPerHour: file.watch.repairs_per_hour,
      repairsPerObject: file.watch.repairs_per_object,
      webhook: file.watch.webhook,
      command: file.watch.command,
    },
  };
}

/** Reads rules.yml; where there is none, the defaults hold. */
export function readRules(directory: string): Environment['rules'] {
  return readRulesFile(directory).rules;
}

function readRulesFile(directory: string): { rules: Environment['rules']; text: string | null } {
  const path = join(directory, 'rules.yml');
  if (!existsSync(path)) return { rules: rulesSchema.parse({}), text: null };
  const text = readText(path);
  return { rules: parseYaml(path, text, rulesSchema), text };
}

/** Reads rules from a file that is not in force, under any name. */
export function readRulesFrom(path: string): Environment['rules'] {
  return readYaml(path, rulesSchema);
}

/** The rules that a rules.yml of the past says; null where it is none for this cmanage, which may know other rules. */
export function parseRules(text: string): Environment['rules'] | null {
  try {
    return parseYaml('rules.yml', text, rulesSchema);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Where the settings of rules.yml stand in it; nowhere, where there is no such file. */
export function rulesLines(directory: string): ReturnType<typeof linesIn> {
  const path = join(directory, 'rules.yml');
  return existsSync(path) ? linesIn(path) : () => null;
}

/** Only what was named can be missing: `findDirectory` finds nothing that is not there. */
function demandDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UserError(
    `there is no directory ${directory}, where --etc or CMANAGE_ETC says that the configuration is`,
  );
}

/** Reads all three files. */
export function readConfig(directory: string): Config {
  demandDirectory(directory);
  const file = readYaml(join(directory, 'hosts.yml'), hostsSchema);
  const { hosts, loadBalancers, links, connection } = readHosts(file, (path) => resolve(directory, path));
  const { rules, text } = readRulesFile(directory);
  return {
    settings: readSettings(directory),
    environment: { rules, hosts, loadBalancers, links },
    connection,
    rulesText: text,
  };
}
