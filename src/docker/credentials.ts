import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RegistryConnection } from '../model/connection.ts';
import { UserError } from '../model/errors.ts';
import { readOwnFile } from './ownFiles.ts';

export type Credentials = { readonly user: string; readonly password: string };

/** The Docker client's name for Docker Hub. */
const dockerHub = 'https://index.docker.io/v1/';

/** The credentials for a registry: the file hosts.yml names, else what the Docker client's config.json says; or null. */
export async function credentialsFor(
  address: string,
  registry: RegistryConnection | undefined,
): Promise<Credentials | null> {
  if (registry && registry.credentials !== null) return fromFile(registry.credentials);
  const path = join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');
  if (!existsSync(path)) return null;
  const config = readClientConfig(path);
  const key = address === 'registry-1.docker.io' ? dockerHub : address;
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  const entry = config.auths?.[key]?.auth;
  if (typeof entry === 'string' && entry !== '')
    return decode(Buffer.from(entry, 'base64').toString('utf8'), path);
  return helper === undefined ? null : fromHelper(helper, key);
}

function fromFile(path: string): Credentials {
  return decode(readOwnFile(path).toString('utf8').trim(), path);
}

function decode(text: string, path: string): Credentials {
  const colon = text.indexOf(':');
  if (colon < 1) throw new UserError(`${path}: its credentials are not USER:PASSWORD`);
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

type ClientConfig = {
  readonly auths?: Record<string, { auth?: unknown }>;
  readonly credHelpers?: Record<string, string>;
  readonly credsStore?: string;
};

function readClientConfig(path: string): ClientConfig {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ClientConfig;
  } catch (error) {
    throw new UserError(
      `${path}: the Docker client's configuration cannot be read: ${(error as Error).message}`,
    );
  }
}

/** Asks a credential helper of the Docker client; one that knows nothing of the registry leaves us without. */
async function fromHelper(helper: string, key: string): Promise<Credentials | null> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper))
    throw new UserError(`${JSON.stringify(helper)} is no credential helper's name`);
  const result = await execa(`docker-credential-${helper}`, ['get'], {
    input: key,
    reject: false,
    timeout: 10_000,
  });
  if (result.failed) return null;
  const answer = JSON.parse(result.stdout) as { Username?: string; Secret?: string };
  return answer.Username && answer.Secret ? { user: answer.Username, password: answer.Secret } : null;
}
