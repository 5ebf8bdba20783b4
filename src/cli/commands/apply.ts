import type { Command } from 'commander';
import { example, lockWaitOption, withReview, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareApply(program: Command, finish: Finish): void {
  const command = program
    .command('apply')
    .description('run a plan saved by --out, unless what it saw has changed')
    .argument('<file>', 'the plan')
    .option('--dry-run', 'only say whether it would still be run, and show it')
    .option('-m, --reason <text>', 'why, for the history (else the reason the plan was made with)')
    .addOption(lockWaitOption())
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      example('cmanage release webapp -v v0.4 --out plan.json', 'cmanage apply plan.json'),
    );
  withReview(command).action(async (file: string, _options: unknown, self: Command) => {
    const { applyPlan } = await import('../plans/applyPlan.ts');
    const options: ChangeOptions = self.optsWithGlobals();
    finish(await applyPlan(file, options));
  });
}
