import type { RegistryConnection } from '../../model/connection.ts';
import { HostError, UserError } from '../../model/errors.ts';
import type { Upstream } from '../../report/kinds/view.ts';
import { writeTags } from '../tagCache.ts';

/** Registries that are asked at once. */
const parallel = 8;

/**
 * Asks the registries of some images, and keeps their answers in a directory for who asks nobody. Where one does not answer, or
 * nothing can be kept, `onFailure` is told why.
 */
export async function askUpstream(
  images: readonly string[],
  registries: readonly RegistryConnection[],
  directory: string,
  onFailure: (error: Error) => void,
): Promise<ReadonlyMap<string, Upstream>> {
  const { listTags } = await import('../../docker/registry.ts');
  const heard = new Map<string, Upstream>();
  const queue = [...new Set(images)];
  const askNext = async (): Promise<void> => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      try {
        heard.set(image, { tags: await listTags(image, registries), asked: new Date().toISOString() });
      } catch (error) {
        onFailure(expected(error));
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, askNext));
  try {
    writeTags(directory, heard);
  } catch (error) {
    onFailure(expected(error));
  }
  return heard;
}

/** What somebody can be told of; anything else is a bug, and goes on up. */
function expected(error: unknown): Error {
  if (error instanceof HostError || error instanceof UserError) return error;
  throw error;
}
