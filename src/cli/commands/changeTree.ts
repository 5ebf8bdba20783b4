import type { Command } from 'commander';
import type { EdgeSettings } from '../../actions/connect.ts';
import { UserError } from '../../model/errors.ts';
import {
  parseDrainLimitOrDefault,
  parseEndpointName,
  parseName,
  parsePositionOrPointer,
} from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & {
  child?: string;
  parent?: string;
  position?: number | 'pointer';
  drainLimit?: number | 'default';
};

export function declareChangeTree(program: Command, finish: Finish): void {
  const command = program
    .command('changetree')
    .description('branching: point an endpoint, or a relation of its tree, at another position')
    .argument('<endpoint>', 'full name, such as webapp-endpoint-qa', parseEndpointName)
    .option(
      '--position <position>',
      "the position; for a child also 'pointer', to follow the endpoint",
      parsePositionOrPointer,
    )
    .option(
      '--child <service>',
      'the relations that lead to this service, instead of the endpoint',
      parseName,
    )
    .option(
      '--drain-limit <s>',
      "for a child: seconds that connections may stay when the relation leads elsewhere, or 'default' for the load balancer's",
      parseDrainLimitOrDefault,
    )
    .option('--parent <service>', 'only the relation from this service', parseName)
    .addHelpText(
      'after',
      example(
        'cmanage changetree webapp-endpoint-dev --position 3',
        'cmanage changetree webapp-endpoint-dev --child training --position 1',
        'cmanage changetree webapp-endpoint-prod --child db --drain-limit 300',
      ),
    );
  withChange(command).action(async (endpoint: string, _options: unknown, self: Command) => {
    const { changeTree } = await import('../../actions/treeProcesses.ts');
    const { change } = await import('../change.ts');
    const options: Options = self.optsWithGlobals();
    const { child = null, parent = null } = options;
    if (parent !== null && child === null)
      throw new UserError('--parent needs --child: name the relation it is about');
    const settings = settingsOf(options);
    const branching = { endpoint, child, parent };
    finish(await change(options, { process: (state) => changeTree(state, branching, settings) }));
  });
}

function settingsOf({ position, drainLimit }: Options): Partial<EdgeSettings> {
  if (position === undefined && drainLimit === undefined)
    throw new UserError('say what is to change: --position or --drain-limit');
  return {
    ...(position === undefined ? {} : { position: position === 'pointer' ? null : position }),
    ...(drainLimit === undefined ? {} : { drainLimit: drainLimit === 'default' ? null : drainLimit }),
  };
}
