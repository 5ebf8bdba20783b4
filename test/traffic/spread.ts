import { setTimeout as sleep } from 'node:timers/promises';
import type { Shares } from './expected.ts';
import type { Answers } from './generator/protocol.ts';

/** Whether endpoints that spread over positions really give each of them its share of the requests. */

export type Spread = {
  /** How often an endpoint that spreads over several versions was watched, and how often all of them answered. */
  readonly watched: number;
  readonly complete: number;
  /** How often the shares were others than the weights say. */
  readonly wrong: number;
  /** The farthest that a share was from what its weight says, in points of a hundred. */
  readonly farthest: number;
};

export const nothingSpread: Spread = { watched: 0, complete: 0, wrong: 0, farthest: 0 };

/** How many answers of a stage shares are judged by; the smallest share in use is a tenth. */
const enough = 200;
/** Points by which a share may be off: HAProxy deals requests out in turns, so that chance has little to do with it. */
const tolerance = 5;
/** Milliseconds in which that many answers must come. */
const patience = 20_000;

/** Watches every endpoint that spreads, until each of their stages has answered often enough. */
export async function watchSpread(
  { answers }: { readonly answers: () => Promise<Answers> },
  shares: Shares,
  known: Spread,
): Promise<{ spread: Spread; wrong: readonly string[] }> {
  const stages = Object.keys(shares);
  if (stages.length === 0) return { spread: known, wrong: [] };
  const last = performance.now() + patience;
  let seen = await answers();
  while (!stages.every((stage) => countIn(seen[stage]) >= enough) && performance.now() < last) {
    await sleep(50);
    seen = await answers();
  }
  const looks = stages.map((stage) => lookAt(stage, shares[stage] ?? {}, seen[stage] ?? {}));
  const spread = {
    watched: known.watched + looks.length,
    complete: known.complete + looks.filter(({ isComplete }) => isComplete).length,
    wrong: known.wrong + looks.filter(({ wrong }) => wrong.length > 0).length,
    farthest: Math.max(known.farthest, ...looks.map(({ farthest }) => farthest)),
  };
  return { spread, wrong: looks.flatMap(({ wrong }) => wrong) };
}

type Look = { readonly isComplete: boolean; readonly farthest: number; readonly wrong: readonly string[] };

/** Compares who answered at a stage with the shares it should have been. */
export function lookAt(
  stage: string,
  expected: Readonly<Record<string, number>>,
  seen: Readonly<Record<string, number>>,
): Look {
  const all = countIn(seen);
  if (all < enough) {
    const wrong = `${stage} gave ${all} answers in ${patience / 1000} s, too few to judge shares by`;
    return { isComplete: false, farthest: 0, wrong: [wrong] };
  }
  const versions = Object.entries(expected).map(([version, share]) => {
    const count = seen[version] ?? 0;
    return { version, share: share * 100, count, off: Math.abs((count / all - share) * 100) };
  });
  const off = versions.filter(({ count, off }) => count === 0 || off > tolerance);
  return {
    isComplete: versions.every(({ count }) => count > 0),
    farthest: Math.max(...versions.map(({ off }) => off)),
    wrong: off.map(
      ({ version, share, count }) =>
        `${stage} was answered ${count} of ${all} times by ${version}, whose share is ${share.toFixed(0)} %`,
    ),
  };
}

const countIn = (seen: Readonly<Record<string, number>> = {}): number =>
  Object.values(seen).reduce((sum, count) => sum + count, 0);
