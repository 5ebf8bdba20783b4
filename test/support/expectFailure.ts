import { expect } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { cmanage } from './cmanage.ts';
import { integrityOf } from './database.ts';
import { databaseOf, stateOfWorld } from './world.ts';

/** What a failed change must say, and how it must end. */
export type Failure = { readonly exitCode: number; readonly says: readonly (string | RegExp)[] };

/**
 * Runs a change that must fail: with its exit code, a message that names what it must name, and the world and the
 * recorded state as they were before. Only the journal knows that something was tried.
 */
export async function expectFailure(lab: Lab, args: string[], failure: Failure): Promise<void> {
  const before = await stateOfWorld(lab);
  const { exitCode, stderr } = await cmanage(lab, ...args);
  expectMessage({ exitCode, stderr }, failure);
  expect(await stateOfWorld(lab)).toEqual(before);
  expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
}

export function expectMessage(
  { exitCode, stderr }: { exitCode: number; stderr: string },
  { exitCode: expected, says }: Failure,
): void {
  // Where it is another one, the text tells why.
  expect({ exitCode, stderr }).toEqual({ exitCode: expected, stderr });
  for (const words of says) expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
}
