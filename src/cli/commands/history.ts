import type { Command } from 'commander';
import { integer, parsePattern } from '../arguments.ts';
import { example, withOutput } from '../options.ts';
import type { HistoryOptions } from '../history.ts';
import type { Finish } from '../program.ts';

export function declareHistory(program: Command, finish: Finish): void {
  const command = program
    .command('history')
    .description('list the operations: when, who, why, how they ended, and what they did to which service')
    .argument('[service]', 'only those about this service; % stands for any characters', parsePattern)
    .option('-n, --last <n>', 'only the last ones', integer(1, 999_999_999))
    .addHelpText(
      'after',
      example('cmanage history webapp', 'cmanage history -n 20', 'cmanage history -o json'),
    );
  withOutput(command).action(async (pattern: string | undefined, _options: unknown, self: Command) => {
    const { history } = await import('../history.ts');
    const options: HistoryOptions = self.optsWithGlobals();
    finish(await history(pattern ?? null, options));
  });
}
