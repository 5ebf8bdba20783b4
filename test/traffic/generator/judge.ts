import { rootOf } from '../chain.ts';
import type { Allowed, Answers } from './protocol.ts';

/**
 * Judges who answered. An answer belongs together when its chain was allowed at some moment between the beginning and
 * the end of its request. While an operation is under way nobody needs to know what it leads to: chains that are new
 * wait, and are judged by what is allowed after it. `begin`, `done` and `end` follow each other in this order.
 */
export type Judge = {
  /** Goes up by one whenever another set of chains comes into force. */
  readonly age: () => number;
  /** Judges an answer whose request began at an age. */
  readonly judge: (stage: string, seen: string, began: number) => 'belongs' | 'waits' | 'wrong';
  readonly begin: () => void;
  /** The operation has ended: what begins from now on must be as it wants it, which is told by `end`. */
  readonly done: () => void;
  /** The chains that waited, and are not allowed now either. */
  readonly end: (allowed: Allowed) => Waiting[];
  /** Who answered the requests that began after the last operation had ended. */
  readonly answers: () => Answers;
};

export type Waiting = { readonly stage: string; readonly chain: string; count: number };

type Chains = ReadonlyMap<string, ReadonlySet<string>>;

export function makeJudge(first: Allowed): Judge {
  const ages: Chains[] = [chainsOf(first)];
  const waiting = new Map<string, Waiting>();
  let isUnderWay = false;
  let answers: Record<string, Record<string, number>> = {};
  const count = (stage: string, root: string): void => {
    const ofStage = (answers[stage] ??= {});
    ofStage[root] = (ofStage[root] ?? 0) + 1;
  };
  const isAllowed = (stage: string, seen: string, from: number): boolean => {
    for (let age = ages.length - 1; age >= from; age--) if (ages[age]?.get(stage)?.has(seen)) return true;
    return false;
  };
  return {
    age: () => ages.length - 1,
    judge: (stage, seen, began) => {
      if (began === ages.length - 1) count(stage, rootOf(seen));
      if (isAllowed(stage, seen, began)) return 'belongs';
      if (!isUnderWay) return 'wrong';
      const key = `${stage}: ${seen}`;
      const known = waiting.get(key);
      if (known) known.count++;
      else waiting.set(key, { stage, chain: seen, count: 1 });
      return 'waits';
    },
    begin: () => {
      isUnderWay = true;
    },
    done: () => {
      ages.push(new Map());
      answers = {};
    },
    answers: () => answers,
    end: (allowed) => {
      isUnderWay = false;
      ages[ages.length - 1] = chainsOf(allowed);
      const wrong = [...waiting.values()].filter(
        ({ stage, chain }) => !isAllowed(stage, chain, ages.length - 1),
      );
      waiting.clear();
      return wrong;
    },
  };
}

/** The chains of each stage, and what is seen of them by answers that name the first service alone. */
function chainsOf(allowed: Allowed): Chains {
  return new Map(
    Object.entries(allowed).map(([stage, chains]) => [stage, new Set([...chains, ...chains.map(rootOf)])]),
  );
}
