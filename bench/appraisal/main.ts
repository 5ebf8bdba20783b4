import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { down, up, type Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { median } from '../statistics.ts';
import { appraise, type Figures } from './measure.ts';
import { readWay, tasks, type Task } from './tasks.ts';

/** npm run appraisal: the thesis's appraisal (5.6), by hand against cmanage (docs/appraisal.md). */

const page = (name: string): string => join(projectRoot(), 'bench/appraisal', name);
const ways = [readWay('by hand', page('by-hand.md')), readWay('cmanage', page('cmanage.md'))];
const say = (line: string): void => {
  console.error(line);
};

/** Works in a lab of its own, which is taken down again whatever happens. */
async function onFreshLab<T>(work: (lab: Lab) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-appraisal-'));
  try {
    return await work(await up({ dir, hosts: 2 }));
  } finally {
    await down(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compare(rounds: number): Promise<void> {
  console.log('| task | way | steps | characters | facts | seconds | requests lost |');
  console.log('|-|-|-|-|-|-|-|');
  const all: Record<string, Record<Task, Figures>[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      say(`round ${round + 1}: ${way.name}`);
      (all[way.name] ??= []).push(await onFreshLab((lab) => appraise(lab, way)));
    }
  }
  for (const task of tasks) {
    for (const { name } of ways) {
      const figures = (all[name] ?? []).map((round) => round[task]);
      const [first] = figures;
      if (!first) continue;
      const seconds = figures.map((one) => one.seconds);
      const sum = (of: 'answered' | 'failed'): number =>
        figures.reduce((all, { requests }) => all + requests[of], 0);
      const lost = task === 'set up' ? '-' : `${sum('failed')} of ${sum('answered') + sum('failed')}`;
      console.log(
        `| ${task} | ${name} | ${first.steps} | ${first.characters} | ${first.facts.length} | ${median(seconds).toFixed(1)} (${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)}) | ${lost} |`,
      );
    }
  }
  for (const { name } of ways) {
    const facts = new Set(tasks.flatMap((task) => all[name]?.[0]?.[task].facts ?? []));
    console.log(`\n${name}, ${facts.size} facts in all: ${[...facts].sort().join(' ')}`);
  }
}

const program = new Command('appraisal')
  .description('Compares releases by hand with releases by cmanage, on labs of its own.')
  .option('--rounds <n>', 'rounds of all tasks', Number, 3)
  .action(async ({ rounds }: { rounds: number }) => {
    await compare(rounds);
  });
await program.parseAsync();
