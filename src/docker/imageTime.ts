import type { RegistryConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { refuseFailure, request, splitImage } from './registry.ts';

/** Manifests and image configurations are a few kilobytes; the distribution specification lets a manifest have 4 MiB. */
const largestAnswer = 4 * 1024 * 1024;

type Descriptor = {
  readonly digest?: unknown;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
};
type Manifest = { readonly manifests?: readonly Descriptor[]; readonly config?: Descriptor };

/**
 * When an image was made (ISO 8601, UTC), as its configuration in the registry says (`created`, OCI image
 * specification). Of an image for several platforms, linux/amd64 or else the first one is asked.
 */
export async function imageTime(
  image: string,
  digest: string,
  known: readonly RegistryConnection[],
): Promise<string> {
  const { registry, name } = splitImage(image);
  const doing = `looking up when ${image}@${digest} was made`;
  const read = async (path: string): Promise<unknown> => {
    const response = await request({ registry, name }, 'GET', path, known);
    refuseFailure(registry, doing, response);
    const text = await response.text().catch((error: unknown) => {
      throw new HostError(registry, doing, error);
    });
    if (text.length > largestAnswer) throw new HostError(registry, doing, 'the answer is too long');
    return parse(text);
  };
  const digestIn = (descriptor: Descriptor | undefined): string => {
    if (typeof descriptor?.digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(descriptor.digest))
      return descriptor.digest;
    throw new HostError(registry, doing, 'the answer is no manifest');
  };
  let manifest = (await read(`/v2/${name}/manifests/${digest}`)) as Manifest | null;
  const platforms = listIn(manifest);
  if (platforms !== null) {
    const usual = platforms.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
    );
    const chosen = digestIn(usual ?? platforms[0]);
    manifest = (await read(`/v2/${name}/manifests/${chosen}`)) as Manifest | null;
  }
  const config = (await read(`/v2/${name}/blobs/${digestIn(manifest?.config)}`)) as {
    created?: unknown;
  } | null;
  const time = typeof config?.created === 'string' ? Date.parse(config.created) : NaN;
  if (Number.isNaN(time)) throw new HostError(registry, doing, 'the image does not say when it was made');
  return new Date(time).toISOString();
}

/** The manifests of an image for several platforms; null where there is one for all. */
function listIn(manifest: Manifest | null): readonly Descriptor[] | null {
  const list: unknown = manifest?.manifests;
  if (!Array.isArray(list)) return null;
  return list.filter((entry): entry is Descriptor => typeof entry === 'object' && entry !== null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
