import { pairs } from './commands.ts';
import { killPair, NotWhole, type Extent } from './killing.ts';
import type { Place } from './place.ts';

/** The kills of all pairs of commands, in several environments side by side. */

export type KillResult = {
  readonly pair: string;
  /** Processes that were killed: of commands, and of `resume` and `rollback --operation`. */
  commands: number;
  endings: number;
  /** How the operations ended. */
  new: number;
  old: number;
  'not reached': number;
  wrong: number;
  seconds: number;
};

export type KillOptions = Extent & {
  readonly names: readonly string[];
  readonly say: (line: string) => void;
};

/** All of them together. */
export function summaryOf(results: readonly KillResult[]): Omit<KillResult, 'pair' | 'seconds'> {
  const sum = (key: Exclude<keyof KillResult, 'pair'>): number =>
    results.reduce((all, result) => all + result[key], 0);
  return {
    ...{ commands: sum('commands'), endings: sum('endings'), wrong: sum('wrong') },
    ...{ new: sum('new'), old: sum('old'), 'not reached': sum('not reached') },
  };
}

/** Each place takes the next pair that nobody has taken yet. One whose environment is not whole takes no more. */
export async function runKills(places: readonly Place[], options: KillOptions): Promise<KillResult[]> {
  const results: KillResult[] = [];
  const queue = [...options.names];
  const work = async (place: Place): Promise<void> => {
    for (let name = queue.shift(); name !== undefined && !options.ending.aborted; name = queue.shift()) {
      const result = resultOf(name);
      results.push(result);
      if (!(await runPair(place, result, options))) return;
    }
  };
  await Promise.all(places.map(work));
  // Nobody was left to take these.
  const left = options.ending.aborted ? [] : queue.map((name) => ({ ...resultOf(name), wrong: 1 }));
  return [...results, ...left];
}

function resultOf(pair: string): KillResult {
  return { pair, commands: 0, endings: 0, new: 0, old: 0, 'not reached': 0, wrong: 0, seconds: 0 };
}

async function runPair(place: Place, result: KillResult, { say, ...extent }: KillOptions): Promise<boolean> {
  const pair = pairs[result.pair];
  if (!pair)
    throw new Error(`no pair of commands is called ${result.pair}: ${Object.keys(pairs).join(', ')}`);
  const started = performance.now();
  try {
    await killPair(place, pair, extent, ({ what, ended, killed, complaints, seconds }) => {
      result[ended]++;
      result.commands += Math.min(killed, 1);
      result.endings += Math.max(killed - 1, 0);
      if (complaints.length > 0) result.wrong++;
      say(`${complaints.length === 0 ? 'whole' : 'WRONG'}  ${what}: ${ended} (${seconds.toFixed(1)} s)`);
      for (const complaint of complaints) say(`    ${complaint}`);
    });
    return true;
  } catch (error) {
    if (!(error instanceof NotWhole)) {
      result.wrong++;
      say(`WRONG  ${result.pair}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return false;
  } finally {
    result.seconds = Math.round((performance.now() - started) / 1000);
  }
}
