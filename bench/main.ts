import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { down, up } from '../lab/lab.ts';
import { measure, type Extent } from './measure.ts';
import { asData, asTable, missed } from './report.ts';

type Options = Extent & { json?: string | true; check?: true };

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1) throw new InvalidArgumentError('give a number from 1 to 999.');
  return count;
}

const say = (line: string): void => {
  console.error(line);
};

/** Measures in a lab of its own, which is taken down again whatever happens. */
async function bench(options: Options): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-bench-'));
  const leave = (): void => {
    void down(dir).finally(() => process.exit(130));
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  try {
    const lab = await up({ dir, hosts: 2, say });
    const measured = await measure(lab, options, say);
    const text = JSON.stringify(asData(measured), null, 2);
    if (typeof options.json === 'string') writeFileSync(options.json, `${text}\n`);
    console.log(options.json === true ? text : asTable(measured));
    if (options.check && missed(measured).length > 0) process.exitCode = 1;
  } finally {
    await down(dir);
  }
}

const program = new Command('bench')
  .description('Measures cmanage against the bare Engine API, docker command lines and a bare Node.')
  .option('--rounds <n>', 'rounds of every way to deploy', parseCount, 9)
  .option('--trials <n>', 'rounds of every number of calls at once, to find the fastest', parseCount, 3)
  .option('--starts <n>', 'rounds of the short commands', parseCount, 20)
  .option('--json [file]', 'print JSON, or write it to a file beside the table')
  .option('--check', 'end with 1 when a limit is missed');

try {
  await program.action(bench).parseAsync();
} catch (error) {
  say(`bench: ${inspect(error)}`);
  process.exitCode = 1;
}
