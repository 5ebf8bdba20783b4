import { createHash } from 'node:crypto';

export const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/** Where large shared layers are stored first; other repositories then mount them without another transfer. */
export const sharedRepository = 'lab/base';

/** A piece of content by its digest. Read only when it must be transferred: the largest has 40 MB. */
export type Blob = { digest: string; size: number; read: () => Buffer };

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const blobOf = (bytes: Buffer): Blob => ({
  digest: digestOf(bytes),
  size: bytes.length,
  read: () => bytes,
});

/**
 * Gives a repository a blob unless it has it already. Storing it again would do no harm by itself, but the registry
 * rewrites its link in place, and an engine that pulls at that moment reads an empty one.
 */
export async function ensureBlob(registry: string, repository: string, blob: Blob): Promise<void> {
  const url = `http://${registry}/v2/${repository}/blobs/${blob.digest}`;
  if (!(await fetch(url, { method: 'HEAD' })).ok) await storeBlob(registry, repository, blob);
}

/** Mounts the blob from the shared repository in one request if it is there, and uploads it otherwise. */
async function storeBlob(registry: string, repository: string, { digest, read }: Blob): Promise<void> {
  const uploads = `http://${registry}/v2/${repository}/blobs/uploads/`;
  const query = new URLSearchParams({ mount: digest, from: sharedRepository });
  const started = await request(`${uploads}?${String(query)}`, { method: 'POST' });
  if (started.status === 201) return; // Mounted. Otherwise this has opened an upload.
  const target = new URL(started.headers.get('location') ?? '', uploads);
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await request(target, { method: 'PUT', headers, body: new Uint8Array(read()) });
}

/** Whether a tag names an image. */
export async function tagExists(registry: string, repository: string, tag: string): Promise<boolean> {
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  return (await fetch(url, { method: 'HEAD', headers: { accept: manifestType } })).ok;
}

/** Points a tag at a manifest and gives the manifest's digest. */
export async function putManifest(
  registry: string,
  repository: string,
  tag: string,
  manifest: unknown,
): Promise<string> {
  const body = Buffer.from(JSON.stringify(manifest));
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  await request(url, {
    method: 'PUT',
    headers: { 'content-type': manifestType },
    body: new Uint8Array(body),
  });
  return digestOf(body);
}

async function request(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${init.method ?? 'GET'} ${String(url)}: status ${response.status}: ${text}`);
  return response;
}
