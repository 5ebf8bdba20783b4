import type { Engine } from '../docker/engine.ts';
import { stackVersions } from '../constraints/stackVersions.ts';
import { inspectImage } from '../docker/images.ts';
import { imageTime } from '../docker/imageTime.ts';
import { resolveDigest } from '../docker/registry.ts';
import type { Environment, Facts, ImageFact } from '../model/environment.ts';
import { HostError } from '../model/errors.ts';
import { parametersFor } from '../model/rules.ts';
import { defaultOrder } from '../model/versionOrder.ts';
import type { PullPolicy } from '../model/state.ts';
import type { Session } from './session.ts';

/** Which images an action will need to know. */
export type ImageQuestion = {
  readonly image: string;
  readonly pull: PullPolicy;
  readonly versions: readonly string[];
  /** The hosts that are asked where nothing is pulled. */
  readonly hosts: readonly string[];
  /** Whether it must be known when the images were made, because the rules order versions by that. */
  readonly times: boolean;
};

/** Whether the rules order the versions of a service by the time at which their images were made. */
export function needsTimes({ rules }: Environment, service: string): boolean {
  return parametersFor(rules, stackVersions.code, service, defaultOrder).by === 'created';
}

/** Looks up beforehand what the actions must not ask for: the digest behind each tag, or the image id on each host. */
export async function lookUp(question: ImageQuestion | null, session: Session): Promise<Facts> {
  const now = Date.now();
  if (question === null) return { images: [], now };
  const { image, pull } = question;
  const versions = [...new Set(question.versions)];
  if (pull === 'registry') {
    const { registries } = session.config.connection;
    const answers = versions.map(async (version): Promise<ImageFact> => {
      const digest = await resolveDigest(image, version, registries);
      const created = question.times ? await imageTime(image, digest, registries) : null;
      return { version, host: null, digest, created };
    });
    return { images: await Promise.all(answers), now };
  }
  const answers = question.hosts.map(async (host) => askHost(await session.engineOf(host), question));
  const images = (await Promise.all(answers)).flat();
  for (const version of versions) {
    if (images.some((fact) => fact.version === version)) continue;
    throw new HostError(
      question.hosts.join(', '),
      `looking for ${image}:${version}`,
      'no host has this image',
    );
  }
  return { images, now };
}

async function askHost(engine: Engine, { image, versions, times }: ImageQuestion): Promise<ImageFact[]> {
  const answers = [...new Set(versions)].map(async (version): Promise<ImageFact[]> => {
    const found = await inspectImage(engine, `${image}:${version}`, null);
    if (found === null) return [];
    const created = times ? new Date(found.Created).toISOString() : null;
    return [{ version, host: engine.name, digest: found.Id, created }];
  });
  return (await Promise.all(answers)).flat();
}
