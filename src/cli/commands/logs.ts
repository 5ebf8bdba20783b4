import { type Command } from 'commander';
import { integer, parseName, parsePattern } from '../arguments.ts';
import { parseMoment } from '../history/historyArguments.ts';
import type { LogsOptions } from '../logs/logs.ts';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';

const parseCount = integer(0, 1_000_000);

export function declareLogs(program: Command, finish: Finish): void {
  const command = program
    .command('logs')
    .description('the lines that the containers of a service wrote, of all hosts in the order of time')
    .argument('<service>', 'the service; % stands for any characters', parsePattern)
    .option('--stage <stage>', 'only of those that answer at this stage', parseName)
    .option('-f, --follow', 'go on with what they write, until Ctrl-C; containers that come are seen too')
    .option('--since <when>', 'not before a time, such as 10m, 2h or 2026-11-21T14:30 (UTC)', parseMoment)
    .option(
      '-n, --tail <lines>',
      'of each container the last lines, or all (else 100 without --since)',
      parseTail,
    )
    .addHelpText(
      'after',
      `
A line is its time (UTC), the stage, the container and what it wrote, after | or for standard error after !. In a pipe it is time, host,
container and text, separated by tabs. What a terminal would obey is shown instead.`,
    )
    .addHelpText(
      'after',
      example(
        'cmanage logs webapp --stage prod --follow',
        'cmanage logs webapp --since 10m',
        'cmanage logs webapp -o json | jq -r .text',
      ),
    );
  withOutput(command).action(async (service: string, _options: unknown, self: Command) => {
    const { logs } = await import('../logs/logs.ts');
    const options: LogsOptions = self.optsWithGlobals();
    finish(await logs(service, options));
  });
}

function parseTail(text: string): number | 'all' {
  return text === 'all' ? text : parseCount(text);
}
