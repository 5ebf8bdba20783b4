import { timed, type CommandLine } from './process.ts';

/** Something whose whole process is timed. What comes before and after is not part of its time. */
export type Variant = {
  readonly name: string;
  readonly prepare: () => Promise<void>;
  readonly command: CommandLine;
  /** Throws unless the work was really done. */
  readonly verify: () => Promise<void>;
};

/** Milliseconds of each round. */
export type Times = { readonly name: string; readonly times: readonly number[] };

/**
 * Times variants in turns: every round runs each of them once, and every second round in the opposite order, so that a
 * slow spell of the machine falls on all of them. The first round warms the caches and is not counted.
 */
export async function inTurns(variants: readonly Variant[], rounds: number): Promise<Times[]> {
  const times = variants.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    const turns = [...variants.entries()];
    for (const [index, variant] of round % 2 === 0 ? turns : turns.reverse()) {
      const time = await once(variant);
      if (round > 0) times[index]?.push(time);
    }
  }
  return variants.map(({ name }, index) => ({ name, times: times[index] ?? [] }));
}

async function once({ name, prepare, command, verify }: Variant): Promise<number> {
  await prepare();
  const time = await timed(command);
  await verify().catch((error: unknown) => {
    throw new Error(`${name} did not do its work`, { cause: error });
  });
  return time;
}
