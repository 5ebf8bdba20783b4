import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { down, readLab, status, up } from './lab.ts';
import { envLines, statusLines, summaryLines } from './text.ts';

const say = (line: string): void => {
  console.error(line);
};
const print = (lines: string[]): void => {
  console.log(lines.join('\n'));
};

function parseHosts(text: string): number {
  const hosts = Number(text);
  if (!/^\d{1,2}$/.test(text) || hosts < 1) throw new InvalidArgumentError('give a number from 1 to 99.');
  return hosts;
}

async function runUp({ dir, hosts }: { dir: string; hosts?: number }): Promise<void> {
  const before = status(dir);
  const already = before.length > 0 && before.every(({ state }) => state === 'running');
  const lab = await up({ dir, say, ...(hosts === undefined ? {} : { hosts }) });
  if (already) say('already up');
  print(summaryLines(lab));
}

async function runDown({ dir }: { dir: string }): Promise<void> {
  say((await down(dir)) ? `the lab in ${dir} is down` : `no lab in ${dir}`);
}

function runStatus({ dir }: { dir: string }): void {
  const parts = status(dir);
  if (parts.length === 0) throw new Error(`no lab in ${dir}`);
  print(statusLines(parts));
}

function runEnv({ dir }: { dir: string }): void {
  const lab = readLab(dir);
  if (!lab) throw new Error(`no lab in ${dir}; start one with: npm run -s lab -- up`);
  print(envLines(lab));
}

/** Every command works on the lab of one directory. */
function command(name: string, summary: string): Command {
  const dir = process.env.LAB_DIR ?? '/tmp/cmanage-lab';
  const parse = (path: string) => resolve(path);
  return program
    .command(name)
    .description(summary)
    .option('--dir <dir>', 'where the lab lives', parse, resolve(dir));
}

const program = new Command('lab').description('Real Docker hosts, a registry and HAProxy on this machine.');
command('up', 'start a lab, or what of it does not run')
  .option('--hosts <number>', 'how many Docker hosts (default: 2)', parseHosts)
  .action(runUp);
command('down', 'take the lab down and remove everything of it').action(runDown);
command('status', 'tell what of the lab runs').action(runStatus);
command('env', 'print the addresses as shell variables').action(runEnv);

try {
  await program.parseAsync();
} catch (error) {
  say(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
