import type { Command } from 'commander';
import { example, lockWaitOption, withOutput, withYes } from '../options.ts';
import type { Finish } from '../program.ts';
import type { HealOptions } from '../drift/heal.ts';

export function declareHeal(program: Command, finish: Finish): void {
  const command = program
    .command('heal')
    .description("mend what 'cmanage verify' finds; exit 7 where something is left")
    .option('--dry-run', 'show what would be done and touch nothing')
    .option(
      '--allow-outage',
      'also replace what alone serves an endpoint, which is without a server meanwhile',
    )
    .option('-m, --reason <text>', 'why, for the history')
    .addOption(lockWaitOption())
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Containers that are missing, stopped, unhealthy, renamed or made otherwise, and what HAProxy serves, become what the state
says; what is ours and in no state is removed. A container that serves is replaced while another one serves in its place.
What this environment did not make is never touched.`,
    )
    .addHelpText('after', example('cmanage heal --dry-run', 'cmanage heal -m "docker02 was rebooted"'));
  withYes(withOutput(command)).action(async (_options: unknown, self: Command) => {
    const { heal } = await import('../drift/heal.ts');
    const options: HealOptions = self.optsWithGlobals();
    finish(await heal(options));
  });
}
