import type { Command } from 'commander';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareInit(program: Command, finish: Finish): void {
  program
    .command('init')
    .description('write commented configuration files where there are none, and create the state database')
    .option('-y, --yes', 'ask nothing, and write the reference configuration to be edited')
    .addHelpText(
      'after',
      `${example('cmanage --etc /etc/cmanage init')}\n\nOn a terminal it asks what the environment is made of, and tries to reach it; without one it asks nothing.`,
    )
    .action(async (_options: unknown, self: Command) => {
      const { init } = await import('../init.ts');
      finish(await init(self.optsWithGlobals<CommonOptions & { readonly yes?: boolean }>()));
    });
}
