import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { parseEndpointName, parseName, parsePositionOrPointer } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { child?: string; parent?: string; position: number | 'pointer' };

export function declareChangeTree(program: Command, finish: Finish): void {
  const command = program
    .command('changetree')
    .description('branching: point an endpoint, or a relation of its tree, at another position')
    .argument('<endpoint>', 'full name, such as webapp-endpoint-qa', parseEndpointName)
    .requiredOption(
      '--position <position>',
      "the position; for a child also 'pointer', to follow the endpoint",
      parsePositionOrPointer,
    )
    .option(
      '--child <service>',
      'the relations that lead to this service, instead of the endpoint',
      parseName,
    )
    .option('--parent <service>', 'only the relation from this service', parseName)
    .addHelpText(
      'after',
      example(
        'cmanage changetree webapp-endpoint-dev --position 3',
        'cmanage changetree webapp-endpoint-dev --child training --position 1',
      ),
    );
  withChange(command).action(async (endpoint: string, _options: unknown, self: Command) => {
    const { changeTree } = await import('../../actions/treeProcesses.ts');
    const { change } = await import('../change.ts');
    const options: Options = self.optsWithGlobals();
    const { child = null, parent = null } = options;
    if (parent !== null && child === null)
      throw new UserError('--parent needs --child: name the relation it is about');
    const position = options.position === 'pointer' ? null : options.position;
    finish(
      await change(options, { process: (state) => changeTree(state, { endpoint, child, parent, position }) }),
    );
  });
}
