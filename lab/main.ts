import { Argument, Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import {
  cutHost,
  freezeEngine,
  joinHost,
  killEngine,
  startEngine,
  thawEngine,
  wipeContainers,
} from './faults.ts';
import { down, readLab, status, up } from './lab.ts';
import type { Lab, LabHost } from './record.ts';
import { defaultDirectory, envLines, statusLines, summaryLines } from './text.ts';

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
  if (parts.length === 0) throw noLab(dir);
  print(statusLines(parts));
}

function runEnv({ dir }: { dir: string }): void {
  print(envLines(labIn(dir)));
}

/** What can befall a host, and what the person is told of it. */
const faults = {
  kill: { does: killEngine, says: 'its engine is dead; its containers go on without published ports' },
  freeze: { does: freezeEngine, says: 'its engine takes connections and answers nothing' },
  cut: { does: cutHost, says: 'it is off the network' },
  wipe: { does: wipeContainers, says: 'its containers are gone' },
} as const;

async function runBreak(name: string, fault: keyof typeof faults, { dir }: { dir: string }): Promise<void> {
  const { does, says } = faults[fault];
  await does(hostIn(labIn(dir), name));
  say(`${name}: ${says}`);
}

async function runMend(name: string, { dir }: { dir: string }): Promise<void> {
  const lab = labIn(dir);
  const host = hostIn(lab, name);
  await startEngine(lab, host);
  thawEngine(host);
  await joinHost(host);
  say(`${name}: its engine runs, and it is on the network`);
}

function noLab(dir: string): Error {
  return new Error(
    `no lab in ${dir}; start one with: npm run -s lab -- up, or name another by --dir or LAB_DIR`,
  );
}

function labIn(dir: string): Lab {
  const lab = readLab(dir);
  if (!lab) throw noLab(dir);
  return lab;
}

function hostIn(lab: Lab, name: string): LabHost {
  const host = lab.hosts.find((each) => each.name === name);
  if (!host) throw new Error(`no host ${name}; there are ${lab.hosts.map((each) => each.name).join(', ')}`);
  return host;
}

/** Every command works on the lab of one directory. */
function command(name: string, summary: string): Command {
  const dir = process.env.LAB_DIR ?? defaultDirectory;
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
command('break', 'let something happen to a host, to see what becomes of it')
  .argument('<host>', 'such as docker02')
  .addArgument(new Argument('[fault]', 'what happens').choices(Object.keys(faults)).default('kill'))
  .action(runBreak);
command('mend', 'undo break: the engine runs, and the host is on the network; wiped containers stay gone')
  .argument('<host>', 'such as docker02')
  .action(runMend);

try {
  await program.parseAsync();
} catch (error) {
  say(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
