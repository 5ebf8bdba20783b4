import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { down, up } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { inTurns, type Variant } from '../rounds.ts';
import type { State } from '../../src/model/state.ts';
import { median } from '../statistics.ts';
import { writeEnvironment } from './environment.ts';
import { generate, serviceName } from './generate.ts';
import { checkingTime, memoryOf, renderingTime, savingTime, withoutCalls } from './measure.ts';

/** What is measured at 10,000 services, against the same at 10 in the same run where a ratio is promised. */
type Line = {
  readonly what: string;
  readonly small: string;
  readonly large: string;
  readonly ratio?: number;
  readonly limit: string;
  readonly met: boolean;
};

const [small, large] = [10, 10_000];

async function measure(dir: string, registry: string): Promise<Line[]> {
  const image = `${registry}/lab/tiny`;
  const sizes = [small, large].map((count) => ({ count, directory: join(dir, String(count)) }));
  const paths: string[] = [];
  for (const { count, directory } of sizes) {
    console.error(`generating ${count} services`);
    paths.push(await writeEnvironment(directory, generate(count, image), registry));
  }
  const [few, many] = sizes.map(({ directory }) => directory) as [string, string];
  const [fewPath, manyPath] = paths as [string, string];
  const command = (name: string, directory: string, ...args: string[]): Variant => ({
    name,
    command: {
      program: process.execPath,
      args: [join(projectRoot(), 'bin/cmanage'), ...args],
      env: { CMANAGE_ETC: directory },
    },
    prepare: () => Promise.resolve(),
    verify: () => Promise.resolve(),
  });
  const inBoth = async (what: string, limit: number, ...args: string[]): Promise<Line> => {
    console.error(what);
    const last = serviceName(small - 2);
    const variants = [few, many].map((directory) =>
      command(directory, directory, ...args.map((word) => (word === 'SERVICE' ? last : word))),
    );
    const [a = NaN, b = NaN] = (await inTurns(variants, 15)).map(({ times }) => median(times));
    return ratioLine(what, a, b, limit);
  };

  const lines = [
    await inBoth('release --dry-run', 1.5, 'release', 'SERVICE', '-v', 'v3', '--dry-run'),
    await inBoth('show service', 1.5, 'show', 'service', 'SERVICE'),
  ];
  console.error('show services, the first page');
  const pages = [few, many].map((directory) => firstPage(directory));
  const [pageFew = NaN, pageMany = NaN] = (await inTurns(pages, 15)).map(({ times }) => median(times));
  lines.push(limitLine('show services, first page', pageFew, pageMany, 1000, 'ms'));
  console.error('checking, rendering, saving');
  const [checkFew, checkMany] = [await checkingTime(few, fewPath, 5), await checkingTime(many, manyPath, 5)];
  if (checkFew.found + checkMany.found > 0)
    throw new Error('the generated states are not correct and complete');
  lines.push(limitLine('checking everything', median(checkFew.times), median(checkMany.times), 1000, 'ms'));
  const [memoryFew, memoryMany] = [await memoryOf(few, 'check'), await memoryOf(many, 'check')];
  lines.push(limitLine('check, memory', memoryFew.megabytes, memoryMany.megabytes, 250, 'MB'));
  lines.push(limitLine('check, whole process', memoryFew.time, memoryMany.time, Infinity, 'ms'));
  const rendering = async (what: string, limit: number, of?: (state: State) => State): Promise<void> => {
    const [a, b] = [await renderingTime(few, fewPath, 5, of), await renderingTime(many, manyPath, 5, of)];
    lines.push(limitLine(what, median(a.times), median(b.times), limit, 'ms'));
  };
  await rendering('rendering every endpoint', 300, withoutCalls);
  await rendering('rendering them and every link', Infinity);
  const saves = [
    await savingTime(few, fewPath, serviceName(small - 2), 30),
    await savingTime(many, manyPath, serviceName(small - 2), 30),
  ] as const;
  lines.push(ratioLine('a save that touches one service', saves[0].saving, saves[1].saving, 1.5));
  lines.push(
    limitLine('reading the part of one service', saves[0].reading, saves[1].reading, Infinity, 'ms'),
  );
  return lines;
}

/**
 * `show services` on a terminal of 50 lines, whose pager takes the first page and leaves: then the command ends, and has made no
 * other page. The time has that of `script`, which makes the terminal, in it.
 */
function firstPage(directory: string): Variant {
  const shown = `stty cols 160 rows 50; exec ${process.execPath} ${join(projectRoot(), 'bin/cmanage')} show services`;
  return {
    name: directory,
    command: {
      program: 'script',
      args: ['-qec', shown, '/dev/null'],
      env: { CMANAGE_ETC: directory, CMANAGE_PAGER: 'head -n 49 > /dev/null' },
    },
    prepare: () => Promise.resolve(),
    verify: () => Promise.resolve(),
  };
}

function ratioLine(what: string, a: number, b: number, limit: number): Line {
  const ratio = b / a;
  return {
    what,
    small: `${a.toFixed(1)} ms`,
    large: `${b.toFixed(1)} ms`,
    ratio,
    limit: `≤ ${limit} ×`,
    met: ratio <= limit,
  };
}

function limitLine(what: string, a: number, b: number, limit: number, unit: string): Line {
  const text = limit === Infinity ? '' : `≤ ${limit} ${unit}`;
  return {
    what,
    small: `${a.toFixed(1)} ${unit}`,
    large: `${b.toFixed(1)} ${unit}`,
    limit: text,
    met: b <= limit,
  };
}

function print(lines: readonly Line[]): void {
  const head = ['', `${small} services`, `${large} services`, 'ratio', 'limit', ''];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(
    ...lines.map(({ what, small: a, large: b, ratio, limit, met }) => [
      what,
      a,
      b,
      ratio?.toFixed(2) ?? '',
      limit,
      met ? 'met' : 'MISSED',
    ]),
  );
  console.log(table.toString());
}

const dir = mkdtempSync(join(tmpdir(), 'cmanage-scale-'));
const lab = await up({ dir: join(dir, 'lab'), hosts: 1 });
try {
  const lines = await measure(dir, lab.registry.address);
  print(lines);
  if (process.argv.includes('--check') && lines.some(({ met }) => !met)) process.exitCode = 1;
} finally {
  await down(join(dir, 'lab'));
  rmSync(dir, { recursive: true, force: true });
}
