import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { judge, type Judgement } from './judge.ts';
import { writeEnvironment } from './environment.ts';
import type { Told } from './worker.ts';

export type Report = Judgement & { readonly seconds: number };

export type Size = { readonly operators: number; readonly commands: number; readonly seed: number };

/** Lets so many operators loose on one environment, each a process, and judges what comes of it. */
export async function runOperators(
  directory: string,
  worker: string,
  { operators, commands, seed }: Size,
): Promise<Report> {
  const path = await writeEnvironment(directory);
  const started = performance.now();
  const runs = Array.from({ length: operators }, (_, index) =>
    operate(worker, [directory, String(commands), String(seed * 1000 + index)]),
  );
  const told = (await Promise.all(runs)).flat();
  const seconds = (performance.now() - started) / 1000;
  const judgement = await judge(directory, path, told);
  const missing = operators * commands - told.length;
  if (missing !== 0) judgement.complaints.push(`${missing} commands were never answered`);
  return { ...judgement, seconds };
}

async function operate(worker: string, args: readonly string[]): Promise<Told[]> {
  const child = spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  const lines = Buffer.concat(chunks).toString().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Told);
}

export function linesOf(report: Report, { operators, commands, seed }: Size): string[] {
  const { done, nothingToDo, refused, locked, complaints, seconds } = report;
  const all = operators * commands;
  return [
    `${operators} operators, ${commands} commands each (seed ${seed}): ${all} in ${seconds.toFixed(0)} s, ${(all / seconds).toFixed(1)} a second`,
    `${done} recorded, ${nothingToDo} had nothing to do, ${refused} refused by the rules, ${locked} by locks`,
    `lost updates and other complaints of the serial model: ${complaints.length}`,
    ...complaints.slice(0, 10).map((line) => `  ${line}`),
  ];
}
