import type { Command } from 'commander';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';
import type { RecoverOptions } from '../recovery/recover.ts';

export function declareRecover(program: Command, finish: Finish): void {
  const command = program
    .command('recover')
    .description('rebuild a lost state database from what the hosts and load balancers say')
    .requiredOption('--from-hosts', 'from the labels of containers and the configuration of HAProxy')
    .option('--environment <id>', 'which one, where the hosts have containers of several')
    .option('--accept-guesses', 'also where the settings of some containers are not certain')
    .option('--dry-run', 'show what would be recorded and touch nothing')
    .option('-m, --reason <text>', 'why, for the history')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Only into a fresh database ('cmanage init'). Hosts and load balancers are looked at, and nothing there is changed.`,
    )
    .addHelpText(
      'after',
      example('cmanage init', 'cmanage recover --from-hosts --dry-run', 'cmanage recover --from-hosts'),
    );
  withOutput(command).action(async (_options: unknown, self: Command) => {
    const { recover } = await import('../recovery/recover.ts');
    finish(await recover(self.optsWithGlobals<RecoverOptions>()));
  });
}
