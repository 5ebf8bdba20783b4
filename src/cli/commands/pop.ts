import type { Command } from 'commander';
import { parseName, parsePosition } from '../arguments.ts';
import { UserError } from '../../model/errors.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { service?: string; stackpointer: number; single?: boolean };

export function declarePop(program: Command, finish: Finish): void {
  const command = program
    .command('pop')
    .description(
      'remove a position of every stack of a service: what stands above moves down, and is so promoted',
    )
    .argument('[service]', 'the service', parseName)
    .option('-s, --service <name>', 'the service, as the thesis spells it', parseName)
    .option('--stackpointer <position>', 'the position to remove', parsePosition, 0)
    .option('--single', 'only of the first stack, where rules.yml relaxes stack-twins for the service')
    .addHelpText('after', example('cmanage pop webapp --dry-run', 'cmanage pop -s webapp --stackpointer 0'));
  withYes(withChange(command)).action(
    async (service: string | undefined, _options: unknown, self: Command) => {
      finish(await pop(service, self.optsWithGlobals()));
    },
  );
}

async function pop(argument: string | undefined, options: Options): Promise<number> {
  const service = argument ?? options.service;
  if (service === undefined) throw new UserError("name the service: 'cmanage pop SERVICE'");
  if (options.service !== undefined && options.service !== service) {
    throw new UserError(`name one service: ${service} or ${options.service}`);
  }
  const [{ change }, { popService }, { retain }, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/processes.ts'),
    import('../../actions/retention.ts'),
    import('../session.ts'),
  ]);
  return change(options, {
    asks: 'always',
    concerns: [service],
    question: (state) => {
      requireService(state, service);
      return null;
    },
    process: (state, _environment, { now }) => {
      const request = { service, position: options.stackpointer, single: options.single === true };
      return retain(state, popService(state, request), now);
    },
  });
}
