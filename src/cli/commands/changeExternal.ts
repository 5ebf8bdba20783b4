import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import type { Target } from '../../model/traffic.ts';
import { parseName, parseNames, parseTargets } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { target?: Target[]; dropTarget?: string[] };

export function declareChangeExternal(program: Command, finish: Finish): void {
  const command = program
    .command('changeexternal')
    .description('change where an external service answers; the stages that are not named stay as they are')
    .argument('<name>', 'the external service', parseName)
    .option(
      '--target <STAGE=HOST:PORT...>',
      'where it answers at a stage from now on (again for more)',
      parseTargets,
    )
    .option('--drop-target <stages...>', 'the stages at which it no longer answers', parseNames)
    .addHelpText('after', example('cmanage changeexternal db --target prod=db2.prod.example:5432'));
  withChange(command).action(async (name: string, _options: unknown, self: Command) => {
    const { changeExternal } = await import('../../actions/changeExternal.ts');
    const { change } = await import('../change.ts');
    const options: Options = self.optsWithGlobals();
    const { target: targets = [], dropTarget: dropped = [] } = options;
    if (targets.length + dropped.length === 0)
      throw new UserError('say what is to change: --target or --drop-target');
    finish(await change(options, { process: (state) => changeExternal(state, { name, targets, dropped }) }));
  });
}
