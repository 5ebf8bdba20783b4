import type { RegistryConnection } from '../model/connection.ts';
import { HostError, UserError } from '../model/errors.ts';
import { isTag, registryOf } from '../model/names.ts';
import { nearestNames } from '../model/nearest.ts';
import { credentialsFor, type Credentials } from './credentials.ts';

/** Seconds for one request to a registry. */
const deadline = 10;

/** Every kind of manifest an engine can pull, so that the digest is the one it will see. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** An image's registry, and the repository's name there. */
export type Repository = { readonly registry: string; readonly name: string };

/** Splits an image as the Docker client does: without a host in front it is on Docker Hub. */
export function splitImage(image: string): Repository {
  const registry = registryOf(image);
  if (registry !== null) return { registry, name: image.slice(registry.length + 1) };
  return { registry: 'registry-1.docker.io', name: image.includes('/') ? image : `library/${image}` };
}

/** The digest a tag stands for now. A tag that is not there is a HostError; a registry out of reach, a UserError. */
export async function resolveDigest(
  image: string,
  tag: string,
  known: readonly RegistryConnection[],
): Promise<string> {
  const { registry, name } = splitImage(image);
  const response = await request({ registry, name }, 'HEAD', `/v2/${name}/manifests/${tag}`, known);
  if (response.status === 404) {
    const instead = await tagsInstead(image, tag, known);
    throw new HostError(registry, `looking up ${image}:${tag}`, `there is no such image${instead}`);
  }
  refuseFailure(registry, `looking up ${image}:${tag}`, response);
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new HostError(registry, `looking up ${image}:${tag}`, 'the answer carries no digest');
  }
  return digest;
}

/**
 * What the image has instead of a tag that is not there: the nearest ones, or the first three. It is a help beside the
 * failure that is told: where it has no tags, or the registry does not list them, nothing is added.
 */
async function tagsInstead(
  image: string,
  tag: string,
  known: readonly RegistryConnection[],
): Promise<string> {
  if (!isTag(tag)) return '';
  const tags = await listTags(image, known).catch((error: unknown) => {
    if (error instanceof HostError || error instanceof UserError) return [];
    throw error;
  });
  if (tags.length === 0) return '';
  const near = nearestNames(tag, tags);
  if (near.length === 0) return `; it has tags such as ${tags.slice(0, 3).join(', ')}`;
  return near.length === 1 ? `; the nearest tag is ${near[0]}` : `; the nearest tags are ${near.join(', ')}`;
}

/** Of 1,000 tags each, more than any image has; a list that goes on after this leads in a circle. */
const mostPages = 200;

/** All tags of an image, in the registry's order; long lists come in pages. */
export async function listTags(image: string, known: readonly RegistryConnection[]): Promise<string[]> {
  const { registry, name } = splitImage(image);
  const tags: string[] = [];
  let pages = 0;
  for (let path: string | null = `/v2/${name}/tags/list?n=1000`; path !== null;) {
    const response: Response = await request({ registry, name }, 'GET', path, known);
    if (response.status === 404)
      throw new HostError(registry, `listing the tags of ${image}`, 'there is no such repository');
    refuseFailure(registry, `listing the tags of ${image}`, response);
    const answer = (await response.json().catch(() => null)) as { tags?: unknown } | null;
    if (!answer || !(answer.tags === null || Array.isArray(answer.tags))) {
      throw new HostError(registry, `listing the tags of ${image}`, 'the answer is no list of tags');
    }
    tags.push(...(answer.tags ?? []).filter((tag): tag is string => typeof tag === 'string' && isTag(tag)));
    path = nextPage(response.headers.get('link'));
    if (path !== null && !path.startsWith('/')) {
      throw new HostError(registry, `listing the tags of ${image}`, 'its next page is on another host');
    }
    if (++pages > mostPages)
      throw new HostError(registry, `listing the tags of ${image}`, 'the list does not end');
  }
  return tags;
}

function nextPage(link: string | null): string | null {
  const path = /^<([^>]+)>;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return path === undefined ? null : path.replace(/^https?:\/\/[^/]+/, '');
}

export function refuseFailure(registry: string, doing: string, response: Response): void {
  if (response.status === 401 || response.status === 403) {
    const remedy = 'access is denied; give its credentials in hosts.yml or by docker login';
    throw new UserError(`${registry}: ${doing}: ${remedy}`);
  }
  if (!response.ok) throw new HostError(registry, doing, `it answers ${response.status}`);
}

/**
 * The HTTP status by which a registry answers whether it is one: 2xx, or 401 where it takes no credentials that are known here. No answer is a
 * UserError.
 */
export async function signOfLife(registry: RegistryConnection): Promise<number> {
  const { status } = await request({ registry: registry.address, name: 'cmanage' }, 'GET', '/v2/', [
    registry,
  ]);
  return status;
}

/** One request to a registry, with the credentials it asks for. */
export async function request(
  { registry, name }: Repository,
  method: 'HEAD' | 'GET',
  path: string,
  known: readonly RegistryConnection[],
): Promise<Response> {
  const connection = known.find((entry) => entry.address === registry);
  const url = `${connection?.insecure ? 'http' : 'https'}://${registry}${path}`;
  const headers = { accept: path.includes('/manifests/') ? manifestTypes : 'application/json' };
  const first = await send(registry, url, { method, headers });
  if (first.status !== 401) return first;
  const credentials = await credentialsFor(registry, connection);
  const authorization = await authorize(
    registry,
    first.headers.get('www-authenticate') ?? '',
    name,
    credentials,
  );
  return authorization === null
    ? first
    : send(registry, url, { method, headers: { ...headers, authorization } });
}

/** Answers a challenge: by a token from the realm it names, or by the credentials themselves. */
async function authorize(
  registry: string,
  challenge: string,
  name: string,
  credentials: Credentials | null,
): Promise<string | null> {
  const basic =
    credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  if (!/^bearer /i.test(challenge)) return basic;
  const field = (key: string): string | undefined => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field('realm');
  if (realm === undefined || !URL.canParse(realm)) return null;
  const url = new URL(realm);
  url.searchParams.set('service', field('service') ?? registry);
  url.searchParams.set('scope', field('scope') ?? `repository:${name}:pull`);
  const response = await send(registry, url.href, {
    method: 'GET',
    headers: basic ? { authorization: basic } : {},
  });
  if (!response.ok) return null;
  const answer = (await response.json().catch(() => null)) as {
    token?: unknown;
    access_token?: unknown;
  } | null;
  const token = answer?.token ?? answer?.access_token;
  return typeof token === 'string' ? `Bearer ${token}` : null;
}

async function send(registry: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(deadline * 1000) });
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string; message?: string } };
    const isLate = name === 'TimeoutError';
    const said = cause?.code ?? cause?.message ?? (error as Error).message;
    const reason = isLate ? `no answer within ${deadline} s` : said;
    throw new UserError(
      `registry ${registry} does not answer (${reason}): is its address right, and does it need 'insecure: true' in hosts.yml?`,
    );
  }
}
