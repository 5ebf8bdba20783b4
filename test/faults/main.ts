import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { down, up, type Lab } from '../../lab/lab.ts';
import { buildDying, phases, type Point } from './build.ts';
import { commands, killOnce, planOfCommand, setUp, type Ending, type Kill } from './kills.ts';

/**
 * `npm run test:faults`: kills cmanage at the points of its commands and brings them to their end, on real engines. Ends with 1
 * where the world was not whole afterwards.
 */
const { values } = parseArgs({
  options: {
    /** Commands, such as release,pop; else all. */
    command: { type: 'string', default: Object.keys(commands).join(',') },
    /** Only every n-th point. */
    every: { type: 'string', default: '1' },
    /** The first of them, from 0. */
    from: { type: 'string', default: '0' },
    seq: { type: 'string' },
    phase: { type: 'string' },
    /** resume or rollback; else the one after the other. */
    ending: { type: 'string' },
    /** Kills the ending too, at steps all over it. */
    twice: { type: 'boolean', default: false },
  },
});

/** Every point of a command, on the way forward; of kills of the ending, on the way it takes. */
async function killsOf(lab: Lab, command: string): Promise<Kill[]> {
  const { steps } = await planOfCommand(lab, commands[command]?.args ?? []);
  const wanted = phases.filter((phase) => values.phase === undefined || values.phase === phase);
  const points = steps
    .filter(({ seq }) => values.seq === undefined || Number(values.seq) === seq)
    .flatMap(({ seq }) => wanted.map((phase): Point => ({ seq, way: 'sent', phase })));
  const chosen = points.filter(
    (_, index) => index % Number(values.every) === Number(values.from) % Number(values.every),
  );
  return chosen.map((point, index) => {
    const ending = (values.ending as Ending | undefined) ?? (index % 2 === 0 ? 'resume' : 'rollback');
    const kill = { command, point, ending };
    if (!values.twice) return kill;
    const way = ending === 'resume' ? 'sent' : 'compensating';
    const seq = way === 'sent' ? point.seq + (index % 4) : Math.max(1, point.seq - (index % 5));
    return { ...kill, again: { seq, way, phase: phases[(index + 2) % phases.length] ?? 'before-intent' } };
  });
}

async function run(lab: Lab): Promise<boolean> {
  await setUp(lab);
  const program = await buildDying(join(lab.dir, 'dying'));
  const count = { new: 0, old: 0, 'not reached': 0, wrong: 0 };
  for (const command of values.command.split(',')) {
    for (const kill of await killsOf(lab, command)) {
      const started = performance.now();
      const { what, ended, complaints } = await killOnce(lab, program, kill);
      count[ended]++;
      const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      console.log(`${complaints.length === 0 ? 'whole' : 'WRONG'}  ${what}: ${ended} (${took})`);
      if (complaints.length === 0) continue;
      count.wrong++;
      for (const complaint of complaints) console.log(`    ${complaint}`);
      // What follows would be judged by a world that is not whole.
      return false;
    }
  }
  console.log(JSON.stringify(count));
  return count.wrong === 0;
}

const dir = mkdtempSync(join(tmpdir(), 'cmanage-faults-'));
try {
  const lab = await up({ dir, hosts: 2, loadbalancers: 1 });
  if (!(await run(lab))) process.exitCode = 1;
} catch (error) {
  console.error(inspect(error));
  process.exitCode = 1;
} finally {
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
}
