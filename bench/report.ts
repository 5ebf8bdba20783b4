import Table from 'cli-table3';
import { judge, type Verdict } from './goals.ts';
import type { Measured } from './measure.ts';
import { summarize, type Summary } from './statistics.ts';

/** Without colours, so that a run can be kept in a file. */
const plain = { head: [], border: [], compact: true };

/** The run as one JSON value: the summaries, the verdicts and every single time. */
export function asData(measured: Measured): object {
  const { machine, extent, trials, deployments, starts } = measured;
  return {
    ...{ machine, extent },
    trials: summarize(trials),
    deployments: summarize(deployments),
    starts: summarize(starts),
    goals: judge(measured),
    times: Object.fromEntries([...trials, ...deployments, ...starts].map(({ name, times }) => [name, times])),
  };
}

/** The same for people. */
export function asTable(measured: Measured): string {
  const { machine, trials, deployments, starts } = measured;
  const { node, cpus, load } = machine;
  return [
    `Node ${node}, ${cpus} CPUs, load ${load.toFixed(2)} at the beginning; medians, in turns`,
    timesTable('finding the baseline: 12 containers', trials),
    timesTable('12 containers on 2 hosts, images present', deployments),
    timesTable('start-up', starts),
    goalsTable(judge(measured)),
  ].join('\n');
}

/** The goals whose limit is broken. */
export function missed(measured: Measured): Verdict[] {
  return judge(measured).filter(({ verdict }) => verdict === 'missed');
}

function timesTable(title: string, variants: Measured['starts']): string {
  const table = new Table({ head: [title, 'rounds', 'median', 'min – max', 'ratio'], style: plain });
  const row = ({ name, rounds, median, min, max, ratio }: Summary): string[] => {
    return [name, String(rounds), duration(median), `${duration(min)} – ${duration(max)}`, ratio.toFixed(2)];
  };
  table.push(...summarize(variants).map(row));
  return table.toString();
}

function goalsTable(verdicts: readonly Verdict[]): string {
  const table = new Table({ head: ['goals', 'ratio', 'goal', 'limit', ''], style: plain });
  table.push(
    ...verdicts.map(({ what, ratio, goal, limit, verdict }) => {
      return [what, ratio.toFixed(2), `≤ ${goal}`, `≤ ${limit}`, verdict];
    }),
  );
  return table.toString();
}

/** Seconds from one second on, milliseconds below. */
function duration(milliseconds: number): string {
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(2)} s` : `${milliseconds.toFixed(0)} ms`;
}
