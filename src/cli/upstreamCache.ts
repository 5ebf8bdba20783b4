import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { RegistryConnection } from '../model/connection.ts';
import { HostError, UserError } from '../model/errors.ts';
import type { Upstream } from '../report/kinds/view.ts';

/** The tags of images as their registries gave them the last time, by image. They lie beside the state database. */
type Heard = ReadonlyMap<string, Upstream>;

/** Registries that are asked at once. */
const parallel = 8;

const pathOf = (statePath: string): string => `${statePath}.upstream.json`;

/** What was heard before. Whatever is no such file was not heard: it is asked again at no loss. */
export function readHeard(statePath: string): Heard {
  const path = pathOf(statePath);
  if (!existsSync(path)) return new Map();
  try {
    const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as object);
    return new Map(entries.filter((entry): entry is [string, Upstream] => isUpstream(entry[1])));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw new UserError(`${path} cannot be read: ${(error as Error).message}; remove it`);
  }
}

function isUpstream(value: unknown): value is Upstream {
  const { asked, tags } = (value ?? {}) as Partial<Upstream>;
  return typeof asked === 'string' && Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
}

/**
 * Asks the registries of some images, remembers their answers, and gives all that is known then. Of one that does not
 * answer, `onFailure` is told why, and what was heard of it before is not given.
 */
export async function askUpstream(
  images: readonly string[],
  registries: readonly RegistryConnection[],
  statePath: string,
  onFailure: (error: Error) => void,
): Promise<Heard> {
  const { listTags } = await import('../docker/registry.ts');
  const heard = new Map(readHeard(statePath));
  const queue = [...new Set(images)];
  const failed = new Set<string>();
  const askNext = async (): Promise<void> => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      try {
        heard.set(image, { asked: new Date().toISOString(), tags: await listTags(image, registries) });
      } catch (error) {
        if (!(error instanceof HostError || error instanceof UserError)) throw error;
        failed.add(image);
        onFailure(error);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, askNext));
  remember(pathOf(statePath), heard);
  return new Map([...heard].filter(([image]) => !failed.has(image)));
}

function remember(path: string, heard: Heard): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(Object.fromEntries(heard)), { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
