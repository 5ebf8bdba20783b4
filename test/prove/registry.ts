import { createHash } from 'node:crypto';
import type { Facts } from '../../src/model/environment.ts';

/** What the registry of a proof knows: versions v1 to v20 and `latest` of every image, and nothing else. */
const known = [...Array.from({ length: 20 }, (_, index) => `v${index + 1}`), 'latest'];

/** A version that no registry has. */
export const missingVersion = 'v99';

export function hasImage(version: string): boolean {
  return known.includes(version);
}

const digests = new Map<string, string>();

/** The digest behind a tag; a tag that has moved `moves` times has another one. */
export function digestOf(version: string, moves: number): string {
  const text = `${version} ${moves}`;
  const digest = digests.get(text) ?? `sha256:${createHash('sha256').update(text).digest('hex')}`;
  digests.set(text, digest);
  return digest;
}

const answers = new Map<number, Facts>();

/** What the registry answers when every tag has moved `moves` times. */
export function factsAfter(moves: number): Facts {
  const facts = answers.get(moves) ?? {
    images: known.map((version) => ({
      version,
      host: null,
      digest: digestOf(version, moves),
      created: null,
    })),
    now: 0,
  };
  answers.set(moves, facts);
  return facts;
}
