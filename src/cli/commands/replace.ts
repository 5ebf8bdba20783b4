import { Option, type Command } from 'commander';
import type { Direction } from '../../actions/replace.ts';
import { parseName, parsePosition } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { position: number; direction: Direction };

export function declareReplace(program: Command, finish: Finish): void {
  const command = program
    .command('replace')
    .description(
      'give a position of every stack the version of its neighbour: a new container starts before the old one goes',
    )
    .argument('<service>', 'the service', parseName)
    .requiredOption('--position <position>', 'the position whose container is replaced', parsePosition)
    .addOption(
      new Option('--direction <direction>', 'whose version it takes: that of the position above, or below')
        .choices(['up', 'down'])
        .makeOptionMandatory(),
    )
    .addHelpText('after', example('cmanage replace webapp --position 1 --direction up --dry-run'));
  withChange(command).action(async (service: string, _options: unknown, self: Command) => {
    finish(await replace(service, self.optsWithGlobals()));
  });
}

async function replace(service: string, options: Options): Promise<number> {
  const [{ change }, { replaceService }, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/stackProcesses.ts'),
    import('../session.ts'),
  ]);
  const { position, direction } = options;
  return change(options, {
    concerns: [service],
    question: (state) => {
      requireService(state, service);
      return null;
    },
    process: (state, environment) => replaceService(state, { service, position, direction }, environment),
  });
}
