import type { Command } from 'commander';
import { integer } from '../arguments.ts';
import { example, lockWaitOption, withOutput, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

const operation = integer(1, 999_999_999);

export function declareResume(program: Command, finish: Finish): void {
  const command = program
    .command('resume')
    .description('finish an operation that was killed or left half-way')
    .argument(
      '[id]',
      "which one, as 'cmanage show operations' has it (else the only one that is unfinished)",
      operation,
    )
    .option('--dry-run', 'show what would be done and touch nothing')
    .addOption(lockWaitOption())
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Before traffic has moved it goes forward, or is undone by 'cmanage rollback --operation ID'; what has begun to be undone
is undone to its end. After traffic has moved it can only go forward. Hosts and health are looked at again.`,
    )
    .addHelpText(
      'after',
      example('cmanage show operations', 'cmanage resume', 'cmanage resume 12 --dry-run'),
    );
  withOutput(command).action(async (id: number | undefined, _options: unknown, self: Command) => {
    const { resume } = await import('../resume.ts');
    const options: ChangeOptions = self.optsWithGlobals();
    finish(await resume(id ?? null, options));
  });
}
