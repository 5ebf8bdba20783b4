import type { Cut } from '../traffic/sabotage.ts';
import { sabotages } from '../traffic/sabotage.ts';

/**
 * What keeps a fault from doing harm, and the test that notices when it is missing. Each guard is taken out of a copy of the
 * source on purpose; a guard whose loss nobody notices is either none, or has no test.
 */
export type Guard = {
  readonly what: string;
  readonly cuts: readonly Cut[];
  /** A fault of `npm run test:faults`, or a sabotage of `npm run test:traffic`, by its name there. */
  readonly noticedBy: { readonly fault: string } | { readonly traffic: string };
};

const nothing = '';

export const guards: Readonly<Record<string, Guard>> = {
  fence: {
    what: 'a journal write is refused once somebody else has taken the lock',
    cuts: [
      { file: 'src/store/journal.ts', from: /^ *await refuseStaleFence\(database, \w+\);\n/m, to: nothing },
    ],
    noticedBy: { fault: 'paused-holder' },
  },
  settle: {
    what: 'a creation whose answer nobody heard is asked for again before it is undone',
    cuts: [
      {
        file: 'src/cli/takeUp.ts',
        from: 'const what = stepsToUndo(operation, state);',
        to: 'const what = { ...stepsToUndo(operation, state), uncertain: [] };',
      },
    ],
    noticedBy: { fault: 'late-creation' },
  },
  'revision check': {
    what: 'no operation begins on a state that has moved on since it was read',
    cuts: [
      {
        file: 'src/store/journal.ts',
        from: /if \((?:revision !== baseRevision|claim && fence !== claim\.fence)\) \{/,
        to: 'if (fence < 0) {',
      },
    ],
    noticedBy: { fault: 'stale-state' },
  },
  'lost answers': {
    what: 'a connection that is lost in the middle of an answer is noticed before the deadline of its call',
    cuts: [{ file: 'src/docker/lostAnswers.ts', from: 'if (!response.complete)', to: 'if (false)' }],
    noticedBy: { fault: 'answer-lost' },
  },
  'intent first': {
    what: 'an intent is on the disk before its request leaves',
    cuts: [
      {
        file: 'src/executor/walk.ts',
        from: 'await journal.intend(step.seq, intent);',
        to: 'setTimeout(() => void journal.intend(step.seq, intent), 1000);',
      },
    ],
    noticedBy: { fault: 'killed-after-creation' },
  },
  'wait for drain': { ...spoiled('drain'), noticedBy: { traffic: 'drain' } },
  'idle-close': { ...spoiled('idle-close'), noticedBy: { traffic: 'idle-close' } },
};

function spoiled(name: keyof typeof sabotages): Pick<Guard, 'what' | 'cuts'> {
  const sabotage = sabotages[name];
  if (!sabotage) throw new Error(`no sabotage is called ${name}`);
  return { what: `without it, ${sabotage.what}`, cuts: sabotage.cuts };
}
