import type { ImageInspectOptions } from 'dockerode';
import { within } from './deadline.ts';
import { NotDone, onEngine, statusOf, type Engine } from './engine.ts';
import type { Credentials } from './credentials.ts';
import { HostError } from '../model/errors.ts';
import { isOrdinaryUser, profileOf } from '../model/profile.ts';
import type { ContainerSpec } from '../plan/spec.ts';

/** Seconds for a question about an image, and for a whole pull. */
const askDeadline = 10;
const pullDeadline = 600;

/** What an engine knows of an image, as far as it is asked for. */
type ImageFound = {
  readonly Id: string;
  readonly Created: string;
  readonly RepoTags?: readonly string[] | null;
  /** The user that its containers run as; nothing is root. */
  readonly Config?: { readonly User?: string } | null;
};

/** The id of an image on a host, when it was made and its tags there, or null where it is not there. */
export async function inspectImage(
  engine: Engine,
  reference: string,
  outer: AbortSignal | null,
): Promise<ImageFound | null> {
  const ask = (signal: AbortSignal): Promise<ImageFound> =>
    engine.docker.getImage(reference).inspect({ abortSignal: signal } as ImageInspectOptions);
  try {
    return await within(askDeadline, outer, ask);
  } catch (error) {
    if (statusOf(error) === 404) return null;
    return onEngine(engine, `looking for image ${reference}`)(error);
  }
}

/**
 * Pulls an image by its digest, unless it is there. The stream is read to its end, because the engine reports errors
 * inside an answer of 200; that the digest then is on the host is checked and not assumed.
 */
export async function pullImage(
  engine: Engine,
  reference: string,
  credentials: Credentials | null,
  outer: AbortSignal | null,
): Promise<'present' | 'pulled'> {
  if ((await inspectImage(engine, reference, outer)) !== null) return 'present';
  const [repository = '', digest = ''] = reference.split('@');
  if (repository.startsWith('sha256:')) {
    throw new HostError(
      engine.name,
      `looking for image ${reference}`,
      'it is not on this host, and it is never pulled',
    );
  }
  await within(pullDeadline, outer, async (signal) => {
    const options = { fromImage: repository, tag: digest, abortSignal: signal };
    const auth = credentials === null ? {} : { username: credentials.user, password: credentials.password };
    await readToEnd(await engine.docker.createImage(auth, options));
  }).catch(onEngine(engine, `pulling ${reference}`));
  if ((await inspectImage(engine, reference, outer)) === null) {
    throw new HostError(engine.name, `pulling ${reference}`, 'the pull ended, but the image is not there');
  }
  return 'pulled';
}

async function readToEnd(stream: NodeJS.ReadableStream): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(throwOnError);
  }
  throwOnError(rest);
}

function throwOnError(line: string): void {
  if (line.trim() === '') return;
  const message = JSON.parse(line) as { error?: unknown };
  if (typeof message.error === 'string') throw new Error(message.error);
}

/**
 * Refuses to run an image as root where the profile is strict. An image that names its user by a word is refused too: what that
 * word means stands in the image, and could be root.
 */
export async function refuseRoot(engine: Engine, spec: ContainerSpec, outer: AbortSignal): Promise<void> {
  const { settings, image } = spec;
  if (profileOf(settings) !== 'strict' || settings.user !== undefined) return;
  const user = (await inspectImage(engine, image, outer))?.Config?.User ?? '';
  if (isOrdinaryUser(user)) return;
  const fact = `the image runs as ${user === '' ? 'root' : `'${user}'`}, and the profile strict takes a user by a number other than 0`;
  const remedy = 'set USER in the image, such as 1000, or add the service with --user 1000';
  throw new HostError(engine.name, `creating ${spec.name}`, new NotDone(`${fact}: ${remedy}`));
}
