import type { Command } from 'commander';
import { parseName } from '../arguments.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { all?: boolean };

export function declarePrune(program: Command, finish: Finish): void {
  const command = program
    .command('prune')
    .description(
      'remove the retained containers whose time is over, or that are more than their service keeps',
    )
    .argument('[service]', 'only those of this service', parseName)
    .option('--all', 'all that are retained, whatever their time')
    .addHelpText('after', example('cmanage prune --dry-run', 'cmanage prune webapp --all'));
  withYes(withChange(command)).action(
    async (service: string | undefined, _options: unknown, self: Command) => {
      finish(await prune(service ?? null, self.optsWithGlobals()));
    },
  );
}

async function prune(service: string | null, options: Options): Promise<number> {
  const [{ change }, retention, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/retention.ts'),
    import('../session.ts'),
  ]);
  return change(options, {
    asks: 'where-containers-go',
    question: (state) => {
      if (service !== null) requireService(state, service);
      return null;
    },
    process: (state, _environment, { now }) =>
      retention.prune(state, { service, all: options.all === true, now }),
  });
}
