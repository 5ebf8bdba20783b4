import type { Command } from 'commander';
import { example, withOutput } from '../options.ts';
import { patiently } from '../patience.ts';
import type { Finish } from '../program.ts';

export function declareDoctor(program: Command, finish: Finish): void {
  const command = program
    .command('doctor')
    .description(
      'look at what changes rest on: configuration, versions, certificates, clocks, disks; exit 7 where it needs attention',
    )
    .addHelpText('after', example('cmanage doctor', 'cmanage doctor -o json'));
  withOutput(command).action(async (_options: unknown, self: Command) => {
    const { doctor } = await import('../doctor/doctor.ts');
    finish(await patiently('the hosts and load balancers', doctor(self.optsWithGlobals())));
  });
}
