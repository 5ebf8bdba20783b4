import type { Draft } from '../../config/draft.ts';
import { isName, nameRule } from '../../model/names.ts';
import { choose, type Asker, type Fault } from './asking.ts';
import type { Trial } from './trials.ts';

/** The parts of an environment that are asked for one by one; each is tried at once. */
export type Parts = Pick<Draft, 'hosts' | 'balancers' | 'registries'>;

export const nothing: Parts = { hosts: [], balancers: [], registries: [] };
export const usualSocket = 'unix:///var/run/docker.sock';
/** What an address is while it is not asked for yet. */
export const someAddress = '192.0.2.1';

/**
 * Asks for a part and tries it, until it is well or kept as it is; null where it is left out. `askOnce` is given what was
 * answered before.
 */
export async function untilKept<Part>(
  asker: Asker,
  askOnce: (before: Part | null) => Promise<Part>,
  attempt: (part: Part) => Promise<Trial>,
): Promise<Part | null> {
  let part = await askOnce(null);
  for (;;) {
    asker.say('  Trying it ...');
    const trial = await asker.wait(attempt(part));
    asker.say(`  ${trial.isWell ? 'ok' : 'PROBLEM'}: ${trial.fact}`);
    for (const remedy of trial.remedies) asker.say(`    -> ${remedy}`);
    if (trial.isWell) return part;
    const letter = await choose(asker, '  Try again, change it, keep it as it is, leave it out? t/c/k/l', [
      't',
      'c',
      'k',
      'l',
    ]);
    if (letter === 'k') return part;
    if (letter === 'l') return null;
    if (letter === 'c') part = await askOnce(part);
  }
}

/** Whether a name may be that of another part. An empty one ends the list, once there is one. */
export function newName(taken: readonly string[]): Fault {
  return (text) => {
    if (text === '' && taken.length > 0) return null;
    if (taken.includes(text)) return 'there is one by that name already';
    return isName(text) ? null : `use ${nameRule}`;
  };
}
