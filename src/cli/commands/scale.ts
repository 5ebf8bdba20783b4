import type { Command } from 'commander';
import { integer, parseName } from '../arguments.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { stacks: number };

export function declareScale(program: Command, finish: Finish): void {
  const command = program
    .command('scale')
    .description('bring a service to a number of stacks: twins on free hosts, or the last ones go')
    .argument('<service>', 'the service', parseName)
    .requiredOption('-s, --stacks <n>', 'number of stacks, each on a host of its own', integer(1, 1000))
    .addHelpText('after', example('cmanage scale webapp --stacks 3'));
  withYes(withChange(command)).action(async (service: string, _options: unknown, self: Command) => {
    finish(await scale(service, self.optsWithGlobals()));
  });
}

async function scale(service: string, options: Options): Promise<number> {
  const [{ change }, { scaleService }, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/stackProcesses.ts'),
    import('../session.ts'),
  ]);
  const { stacks } = options;
  return change(options, {
    asks: 'where-containers-go',
    question: (state) => {
      requireService(state, service);
      return null;
    },
    process: (state, environment) => scaleService(state, { service, stacks }, environment),
  });
}
