import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { parseDrainLimit, parseName } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';
import { retentionTyped, withRetentionArguments, type RetentionArguments } from '../retentionArguments.ts';
import { rollingTyped, withRollingArguments, type RollingArguments } from '../rollingArguments.ts';

type Options = ChangeOptions & RollingArguments & RetentionArguments & { drainLimit?: number | false };

export function declareChangeService(program: Command, finish: Finish): void {
  const command = program
    .command('changeservice')
    .description("change how a service's containers come and go from now on; none that runs is touched")
    .argument('<name>', 'name of the service', parseName)
    .option(
      '--drain-limit <s>',
      'seconds that requests and connections may take to end when a container leaves',
      parseDrainLimit,
    )
    .option('--no-drain-limit', "the load balancer's drain_limit again")
    .addHelpText(
      'after',
      example(
        'cmanage changeservice webapp --parallelism 1 --delay 10 --monitor 30',
        'cmanage changeservice scheduler --order stop-first --on-failure pause',
        'cmanage changeservice webapp --retain 2h --warm',
      ),
    );
  // Declared before its positive, a negative option would make that one true.
  const retaining = withRetentionArguments(command).option('--no-retain', 'keep nothing that is popped');
  const full = withChange(withRollingArguments(retaining));
  full.action(async (name: string, _options: unknown, self: Command) => {
    const { changeService } = await import('../../actions/changeService.ts');
    const { change } = await import('../change.ts');
    const options: Options = self.optsWithGlobals();
    const { drainLimit } = options;
    const rolling = rollingTyped(options);
    const traffic = drainLimit === undefined ? {} : { drainLimit: drainLimit === false ? null : drainLimit };
    const retention = retentionTyped(options);
    if (Object.keys({ ...rolling, ...traffic }).length === 0 && retention === undefined)
      throw new UserError('say what to change, such as --parallelism 1: see --help');
    const process = (state: Parameters<typeof changeService>[0]) =>
      changeService(state, name, { rolling, traffic, ...(retention === undefined ? {} : { retention }) });
    finish(await change(options, { concerns: [name], process }));
  });
}
