import { Argument, Option, type Command } from 'commander';
import { reportKinds, type ReportKind } from '../../report/audit/report.ts';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

const formats = ['html', 'markdown', 'csv', 'json'] as const;

export type ReportOptions = Omit<CommonOptions, 'output'> & {
  readonly output: (typeof formats)[number];
  readonly table?: string;
  readonly out?: string;
};

export function declareReport(program: Command, finish: Finish): void {
  program
    .command('report')
    .description(
      'write a report: what there is, which versions are where since when, which rules are kept, how full hosts are',
    )
    .addArgument(new Argument('<kind>', 'which report').choices(reportKinds))
    .addOption(new Option('-o, --output <format>', 'how to write it').choices(formats).default('markdown'))
    .option('--table <name>', 'which of its tables, for csv; a name it has not lists those it has')
    .option('--out <file>', 'a new file, instead of standard output')
    .addHelpText(
      'after',
      example(
        'cmanage report compliance -o html --out compliance.html',
        'cmanage report cmdb -o csv --table endpoints',
        'cmanage report releases',
      ),
    )
    .action(async (kind: ReportKind, _options: unknown, self: Command) => {
      const { report } = await import('../report.ts');
      finish(await report(kind, self.optsWithGlobals<ReportOptions>()));
    });
}
