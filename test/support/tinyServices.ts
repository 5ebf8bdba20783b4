import type { Lab } from '../../lab/lab.ts';
import { succeed } from './cmanage.ts';

export const tinyImage = (lab: Lab): string => `${lab.registry.address}/lab/tiny`;

/** Adds a service that runs within milliseconds, for tests which ask it nothing: three containers a stack. */
export async function addTiny(lab: Lab, name: string, stacks: number, ...versions: string[]): Promise<void> {
  const given = versions.length === 0 ? ['v1'] : versions;
  await succeed(lab, 'addservice', name, '-i', tinyImage(lab), '-s', String(stacks), '-v', ...given);
}
