import type { Command } from 'commander';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareBackup(program: Command, finish: Finish): void {
  const command = program
    .command('backup')
    .description('copy the state database into a new file, also while operations run')
    .argument('<file>', "the copy; it is its owner's alone to read")
    .addHelpText('after', example('cmanage backup /var/backups/cmanage-$(date +%F).db'));
  withOutput(command).action(async (file: string, _options: unknown, self: Command) => {
    const { backup } = await import('../recovery/backup.ts');
    finish(await backup(file, self.optsWithGlobals()));
  });
}

export function declareRestore(program: Command, finish: Finish): void {
  const command = program
    .command('restore')
    .description('put a copy of a backup in the place of the state database, which is kept beside it')
    .argument('<file>', "what 'cmanage backup' wrote")
    .option('--dry-run', 'examine it, say what would be lost, and touch nothing')
    .addHelpText('after', example('cmanage restore /var/backups/cmanage-2026-11-21.db --dry-run'));
  withOutput(command).action(async (file: string, _options: unknown, self: Command) => {
    const { restore } = await import('../recovery/backup.ts');
    finish(await restore(file, self.optsWithGlobals()));
  });
}
