import { InvalidArgumentError, type Command } from 'commander';
import { isLongName } from '../../model/names.ts';
import type { DiffOptions } from '../diff.ts';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareDiff(program: Command, finish: Finish): void {
  const command = program
    .command('diff')
    .description(
      'what differs between two endpoints along their trees: versions, digests, settings; or between two operations',
    )
    .argument('<left>', "an endpoint's full name, or an operation of 'cmanage history'", parseSide)
    .argument('<right>', 'another one', parseSide)
    .option('--all', 'also what is alike')
    .addHelpText(
      'after',
      example(
        'cmanage diff webapp-endpoint-prod webapp-endpoint-qa',
        'cmanage diff webapp-endpoint-prod webapp-endpoint-qa --all -o json',
        'cmanage diff 12 15',
      ),
    );
  withOutput(command).action(async (left: string, right: string, _options: unknown, self: Command) => {
    const { diff } = await import('../diff.ts');
    finish(await diff(left, right, self.optsWithGlobals<DiffOptions>()));
  });
}

function parseSide(text: string): string {
  if (isLongName(text) || /^\d{1,9}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Give an endpoint such as webapp-endpoint-prod, or the number of an operation.',
  );
}
