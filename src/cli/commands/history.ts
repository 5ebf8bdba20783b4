import { Option, type Command } from 'commander';
import { integer, parsePattern } from '../arguments.ts';
import { parseActor, parseMark, parseMoment } from '../history/historyArguments.ts';
import { example, outputOption, withOutput, type CommonOptions } from '../options.ts';
import type { HistoryOptions } from '../history/history.ts';
import { UserError } from '../../model/errors.ts';
import type { Mark } from '../../store/verifyHistory.ts';
import type { Finish } from '../program.ts';

const statuses = ['done', 'undone', 'unfinished', 'running', 'interrupted'];

export function declareHistory(program: Command, finish: Finish): void {
  const command = program
    .command('history')
    .description('list the operations: when, who, why, how they ended, and what they did to which service')
    .argument('[service]', 'only those about this service; % stands for any characters', parsePattern)
    .option('--service <service>', 'the same', parsePattern)
    .option(
      '--since <time>',
      'only those that began from then on: 2026-11-21, 2026-11-21T14:30, 7d',
      parseMoment,
    )
    .option('--until <time>', 'only those that began before then', parseMoment)
    .option(
      '--actor <user>',
      'only those that this user began or took up; % stands for any characters',
      parseActor,
    )
    .addOption(new Option('--status <status>', 'only those that are so now').choices(statuses))
    .option('-n, --last <n>', 'only the last ones', integer(1, 999_999_999))
    .addOption(outputOption('csv'))
    .addHelpText(
      'after',
      example(
        'cmanage history webapp',
        'cmanage history --since 7d --status undone',
        'cmanage history --since 2026-11-01 --until 2026-12-01 -o csv',
        'cmanage history show 12',
        'cmanage history verify',
      ),
    );
  command.action(async (pattern: string | undefined, _options: unknown, self: Command) => {
    const { history } = await import('../history/history.ts');
    const options: HistoryOptions = self.optsWithGlobals();
    finish(await history(pattern === undefined ? options : { ...options, service: pattern }));
  });
  declareShow(command, finish);
  declareVerify(command, finish);
}

/** `history` reads the options that it has itself also where they stand behind a command below it. */
function optionsOf(command: Command): CommonOptions & { readonly expect?: Mark } {
  const options = command.optsWithGlobals<HistoryOptions & { readonly expect?: Mark }>();
  const { output } = options;
  if (output === 'csv')
    throw new UserError(`history ${command.name()} is not printed as csv: use table, json or yaml`);
  return { ...options, output };
}

function declareShow(history: Command, finish: Finish): void {
  const command = history
    .command('show')
    .description(
      'all that is recorded of one operation: its events, the rules in force, the plan and each step',
    )
    .argument('<id>', "which one, as 'cmanage history' has it", integer(1, 999_999_999))
    .addHelpText('after', example('cmanage history show 12', 'cmanage history show 12 -o json'));
  withOutput(command).action(async (id: number, _options: unknown, self: Command) => {
    const { showOperation } = await import('../history/historyShow.ts');
    finish(await showOperation(id, optionsOf(self)));
  });
}

function declareVerify(history: Command, finish: Finish): void {
  const command = history
    .command('verify')
    .description('look whether anything that was recorded has been edited; exit 7 where it was')
    .option(
      '--expect <event>',
      'an event that was noted elsewhere must still be there: NUMBER:DIGEST',
      parseMark,
    )
    .addHelpText('after', example('cmanage history verify', 'cmanage history verify -o json'));
  withOutput(command).action(async (_options: unknown, self: Command) => {
    const { checkHistory } = await import('../history/historyShow.ts');
    finish(await checkHistory(optionsOf(self)));
  });
}
