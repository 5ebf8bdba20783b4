import { connectEngine } from '../docker/engine.ts';
import { imageId } from '../docker/images.ts';
import { resolveDigest } from '../docker/registry.ts';
import type { Connection, EngineConnection } from '../model/connection.ts';
import type { Facts, ImageFact } from '../model/environment.ts';
import { HostError } from '../model/errors.ts';
import type { PullPolicy } from '../model/state.ts';

/** Which images an action will need to know. */
export type ImageQuestion = {
  readonly image: string;
  readonly pull: PullPolicy;
  readonly versions: readonly string[];
  /** The hosts that are asked where nothing is pulled. */
  readonly hosts: readonly string[];
};

/** Looks up beforehand what the actions must not ask for: the digest behind each tag, or the image id on each host. */
export async function lookUp(question: ImageQuestion | null, connection: Connection): Promise<Facts> {
  if (question === null) return { images: [] };
  const { image, pull } = question;
  const versions = [...new Set(question.versions)];
  if (pull === 'registry') {
    const digests = versions.map(async (version) => ({
      version,
      host: null,
      digest: await resolveDigest(image, version, connection.registries),
    }));
    return { images: await Promise.all(digests) };
  }
  const engines = connection.engines.filter((engine) => question.hosts.includes(engine.name));
  const images = (await Promise.all(engines.map((engine) => askHost(engine, image, versions)))).flat();
  for (const version of versions) {
    if (images.some((fact) => fact.version === version)) continue;
    throw new HostError(
      question.hosts.join(', '),
      `looking for ${image}:${version}`,
      'no host has this image',
    );
  }
  return { images };
}

async function askHost(
  connection: EngineConnection,
  image: string,
  versions: readonly string[],
): Promise<ImageFact[]> {
  const engine = await connectEngine(connection);
  try {
    const ids = await Promise.all(
      versions.map(async (version) => ({ version, id: await imageId(engine, `${image}:${version}`, null) })),
    );
    return ids.flatMap(({ version, id }) =>
      id === null ? [] : [{ version, host: engine.name, digest: id }],
    );
  } finally {
    engine.close();
  }
}
