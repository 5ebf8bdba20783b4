import type { ImageInspectOptions } from 'dockerode';
import { within } from './deadline.ts';
import { onEngine, statusOf, type Engine } from './engine.ts';
import type { Credentials } from './credentials.ts';
import { HostError } from '../model/errors.ts';

/** Seconds for a question about an image, and for a whole pull. */
const askDeadline = 10;
const pullDeadline = 600;

/** What an engine knows of an image, as far as it is asked for. */
type ImageFound = {
  readonly Id: string;
  readonly Created: string;
  readonly RepoTags?: readonly string[] | null;
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
