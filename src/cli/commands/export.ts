import type { Command } from 'commander';
import type { ExportOptions } from '../recovery/exportState.ts';
import type { ImportOptions } from '../recovery/importState.ts';
import { example, withOutput, withYes } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareExport(program: Command, finish: Finish): void {
  program
    .command('export')
    .description('write the whole state as YAML, which import reads')
    .option('-o, --output <file>', 'a new file, instead of standard output')
    .option('--with-values', "with the values of the services' variables; only into a file")
    .addHelpText('after', example('cmanage export -o state.yml', 'cmanage export | diff yesterday.yml -'))
    .action(async (_options: unknown, self: Command) => {
      const { exportState } = await import('../recovery/exportState.ts');
      finish(await exportState(self.optsWithGlobals<ExportOptions>()));
    });
}

export function declareImport(program: Command, finish: Finish): void {
  const command = program
    .command('import')
    .description('make a state that was exported the state of this environment')
    .argument('<file>', "what 'cmanage export' wrote")
    .option('--replace', 'in the place of the present state, and bring the hosts from this one to that one')
    .option('--as-new', 'keep the id of this database, for a copy of an environment on other hosts')
    .option('--dry-run', 'show what would be done and touch nothing')
    .option('-m, --reason <text>', 'why, for the history')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Into a fresh environment it only records: 'cmanage deploy containers --all' then makes what the hosts lack.`,
    )
    .addHelpText(
      'after',
      example('cmanage import state.yml --dry-run', 'cmanage import state.yml --replace'),
    );
  withYes(withOutput(command)).action(async (file: string, _options: unknown, self: Command) => {
    const { importState } = await import('../recovery/importState.ts');
    finish(await importState(file, self.optsWithGlobals<ImportOptions>()));
  });
}
