import type { Engine } from '../docker/engine.ts';
import { imageId } from '../docker/images.ts';
import { resolveDigest } from '../docker/registry.ts';
import type { Facts, ImageFact } from '../model/environment.ts';
import { HostError } from '../model/errors.ts';
import type { PullPolicy } from '../model/state.ts';
import type { Session } from './session.ts';

/** Which images an action will need to know. */
export type ImageQuestion = {
  readonly image: string;
  readonly pull: PullPolicy;
  readonly versions: readonly string[];
  /** The hosts that are asked where nothing is pulled. */
  readonly hosts: readonly string[];
};

/** Looks up beforehand what the actions must not ask for: the digest behind each tag, or the image id on each host. */
export async function lookUp(question: ImageQuestion | null, session: Session): Promise<Facts> {
  if (question === null) return { images: [] };
  const { image, pull } = question;
  const versions = [...new Set(question.versions)];
  if (pull === 'registry') {
    const { registries } = session.config.connection;
    const digests = versions.map(async (version) => ({
      version,
      host: null,
      digest: await resolveDigest(image, version, registries),
    }));
    return { images: await Promise.all(digests) };
  }
  const answers = question.hosts.map(async (host) => askHost(await session.engineOf(host), image, versions));
  const images = (await Promise.all(answers)).flat();
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

async function askHost(engine: Engine, image: string, versions: readonly string[]): Promise<ImageFact[]> {
  const ids = await Promise.all(
    versions.map(async (version) => ({ version, id: await imageId(engine, `${image}:${version}`, null) })),
  );
  return ids.flatMap(({ version, id }) => (id === null ? [] : [{ version, host: engine.name, digest: id }]));
}
