import Table from 'cli-table3';
import type { Times } from '../rounds.ts';
import { median, round } from '../statistics.ts';
import type { Pop } from './pops.ts';
import type { Run, Throughput } from './throughput.ts';

export type Measured = {
  readonly machine: {
    readonly node: string;
    readonly cpus: number;
    readonly before: number;
    readonly after: number;
  };
  readonly pops: { readonly plain: readonly Pop[]; readonly linked: readonly Pop[] };
  /** By how many containers were released. */
  readonly releases: readonly { readonly containers: number; readonly times: readonly Times[] }[];
  readonly throughput: Throughput;
};

export type Verdict = {
  readonly what: string;
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
};

/** How the run stands to the goals, which are ratios of medians of this one run. */
export function judge({ releases, throughput }: Pick<Measured, 'releases' | 'throughput'>): Verdict[] {
  const gates = releases.map(({ containers, times }): Verdict => {
    const [raw = NaN, own = NaN] = times.map((one) => median(one.times));
    const ratio = round(own / raw, 2);
    const what = `release of ${containers} with health gate / raw calls`;
    return { what, ratio, goal: '≤ 1.2', met: ratio <= 1.2 };
  });
  const rates = [throughput.own, throughput.minimal].map((runs) => median(runs.map(({ rate }) => rate)));
  const ratio = round((rates[0] ?? NaN) / (rates[1] ?? NaN), 2);
  return [...gates, { what: 'HAProxy by cmanage / minimal', ratio, goal: '≥ 0.95', met: ratio >= 0.95 }];
}

export function asTable(measured: Measured): string {
  const { machine, pops, releases, throughput } = measured;
  const { node, cpus, before, after } = machine;
  const loads = `load ${before.toFixed(2)} at the beginning, ${after.toFixed(2)} at the end`;
  const figures: string[][] = [
    ...popLines('pop', pops.plain),
    ...popLines('pop with a linked child', pops.linked),
    ...releases.flatMap(({ containers, times }) =>
      times.map((one) => line(`${one.name}, ${containers} containers`, one.times, 'ms')),
    ),
    ...runLines("cmanage's HAProxy", throughput.own),
    ...runLines('minimal HAProxy', throughput.minimal),
  ];
  return [
    `Node ${node}, ${cpus} CPUs, ${loads}; medians, in turns`,
    tableOf(['what', 'rounds', 'median', 'min – max'], figures),
    tableOf(
      ['ratio of medians', 'is', 'goal', ''],
      judge(measured).map(({ what, ratio, goal, met }) => [
        what,
        ratio.toFixed(2),
        goal,
        met ? 'met' : 'MISSED',
      ]),
    ),
  ].join('\n');
}

function popLines(name: string, pops: readonly Pop[]): string[][] {
  const of = (what: string, pick: (pop: Pop) => number): string[] =>
    line(`${name}: ${what}`, pops.map(pick), 'ms');
  return [
    of('until the last new request at the old version', ({ moved }) => moved),
    of('its commands that move traffic', ({ commands }) => commands),
    of('between two requests of the clients', ({ rhythm }) => rhythm),
    of('the whole command', ({ whole }) => whole),
    [`${name}: requests that failed`, '', String(pops.reduce((sum, { failed }) => sum + failed, 0)), ''],
  ];
}

function runLines(name: string, runs: readonly Run[]): string[][] {
  return [
    line(
      name,
      runs.map(({ rate }) => rate),
      'requests/s',
    ),
    line(
      `${name}, its processor time a request`,
      runs.map(({ cost }) => cost),
      'µs',
    ),
  ];
}

function line(what: string, values: readonly number[], unit: string): string[] {
  const text = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
  const span = `${text(Math.min(...values))} – ${text(Math.max(...values))}`;
  return [what, String(values.length), `${text(median(values))} ${unit}`, span];
}

function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}
