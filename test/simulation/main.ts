import { parseArgs } from 'node:util';
import { installClock, realTime } from './clock.ts';
import { tell, type Told } from './story.ts';

/**
 * `npm run simulate`: drives the executor through `--schedules` schedules, each decided by a seed, and prints what came of them. `--seed N`
 * plays one and tells all of it. Ends with 1 where the world was not whole in the end.
 */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '5000' },
    /** The first seed. */
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    /** After how many failures it ends. */
    most: { type: 'string', default: '1' },
  },
});

process.env.DOCKER_CONFIG = '/nowhere';
console.error = () => undefined;
installClock();

function print({ seed, command, ended, complaints, lines }: Told): void {
  console.log(`seed ${seed}: ${command}: ${ended}`);
  for (const line of lines) console.log(`  ${line}`);
  for (const complaint of complaints) console.log(`  WRONG ${complaint}`);
}

async function many(from: number, count: number, most: number): Promise<number> {
  const began = realTime();
  const sum = { new: 0, old: 0, kills: 0, rounds: 0, events: 0 };
  const kinds = new Set<string>();
  let [played, wrong] = [0, 0];
  for (let seed = from; seed < from + count && wrong < most; seed++) {
    const told = await tell(seed);
    played++;
    sum[told.ended]++;
    sum.kills += told.kills;
    sum.rounds += told.rounds;
    sum.events += told.events;
    kinds.add(told.command.split(' ')[0] ?? '');
    if (played % 50_000 === 0) console.log(`${played} schedules played`);
    if (told.complaints.length === 0) continue;
    wrong++;
    print(told);
  }
  const seconds = (realTime() - began) / 1000;
  console.log(
    `${played} schedules from seed ${from} in ${seconds.toFixed(0)} s (${Math.round(played / seconds)} a second): ` +
      `${sum.new} ended with the new state and ${sum.old} with the old; ${sum.kills} kills, ${sum.rounds} times taken up, ` +
      `${sum.events} events; commands: ${[...kinds].sort().join(', ')}`,
  );
  return wrong;
}

if (values.seed !== undefined) {
  const told = await tell(Number(values.seed));
  print(told);
  if (told.complaints.length > 0) process.exitCode = 1;
} else if ((await many(Number(values.from), Number(values.schedules), Number(values.most))) > 0)
  process.exitCode = 1;
