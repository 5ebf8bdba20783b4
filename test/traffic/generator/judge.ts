import { linksIn, rootOf } from '../chain.ts';
import type { Allowed, Answers } from './protocol.ts';

/**
 * Judges who answered. An answer belongs together when its chain was allowed at some moment between the beginning and
 * the end of its request. While an operation is under way nobody needs to know what it leads to: chains that are new
 * wait, and are judged by what is allowed after it. `begin`, `done` and `end` follow each other in this order.
 *
 * Where cmanage has warned of an operation that an endpoint's answers may be mixed while it is under way (`mixed-answers`), a
 * chain of some versions from before and some from after is told apart from one that belongs nowhere.
 */
export type Judge = {
  /** Goes up by one whenever another set of chains comes into force. */
  readonly age: () => number;
  /** Judges an answer whose request began at an age. */
  readonly judge: (stage: string, seen: string, began: number) => 'belongs' | 'waits' | 'mixed' | 'wrong';
  readonly begin: () => void;
  /** The operation has ended: what begins from now on must be as it wants it, which is told by `end`. */
  readonly done: () => void;
  /** The chains that waited, and are not allowed now either; `mixing` are the stages of which was warned. */
  readonly end: (allowed: Allowed, mixing?: readonly string[]) => Waiting[];
  /** Who answered the requests that began after the last operation had ended. */
  readonly answers: () => Answers;
};

export type Waiting = {
  readonly stage: string;
  readonly chain: string;
  count: number;
  readonly mixed?: boolean;
};

type Chains = ReadonlyMap<string, ReadonlySet<string>>;

export function makeJudge(first: Allowed): Judge {
  const ages: Chains[] = [chainsOf(first)];
  const waiting = new Map<string, Waiting>();
  let isUnderWay = false;
  let parts: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let answers: Record<string, Record<string, number>> = {};
  const count = (stage: string, root: string): void => {
    const ofStage = (answers[stage] ??= {});
    ofStage[root] = (ofStage[root] ?? 0) + 1;
  };
  const isAllowed = (stage: string, seen: string, from: number): boolean => {
    for (let age = ages.length - 1; age >= from; age--) if (ages[age]?.get(stage)?.has(seen)) return true;
    return false;
  };
  const isMixed = (stage: string, seen: string): boolean =>
    parts.has(stage) && linksIn(seen).every((link) => parts.get(stage)?.has(link));
  const partsOf = (stage: string): Set<string> =>
    new Set(ages.slice(-2).flatMap((chains) => [...(chains.get(stage) ?? [])].flatMap(linksIn)));
  return {
    age: () => ages.length - 1,
    judge: (stage, seen, began) => {
      if (began === ages.length - 1) count(stage, rootOf(seen));
      if (isAllowed(stage, seen, began)) return 'belongs';
      if (!isUnderWay) return began < ages.length - 1 && isMixed(stage, seen) ? 'mixed' : 'wrong';
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
    end: (allowed, mixing = []) => {
      isUnderWay = false;
      ages[ages.length - 1] = chainsOf(allowed);
      parts = new Map(mixing.map((stage) => [stage, partsOf(stage)]));
      const wrong = [...waiting.values()].filter(
        ({ stage, chain }) => !isAllowed(stage, chain, ages.length - 1),
      );
      waiting.clear();
      return wrong.map((one) => (isMixed(one.stage, one.chain) ? { ...one, mixed: true } : one));
    },
  };
}

/** The chains of each stage, and what is seen of them by answers that name the first service alone. */
function chainsOf(allowed: Allowed): Chains {
  return new Map(
    Object.entries(allowed).map(([stage, chains]) => [stage, new Set([...chains, ...chains.map(rootOf)])]),
  );
}
