import type { Command } from 'commander';
import type { Relatives } from '../../actions/treeProcesses.ts';
import { UserError } from '../../model/errors.ts';
import { parseDrainLimit, parseEndpointNames, parseName, parseNames, parsePosition } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & {
  children?: string[];
  parents?: string[];
  endpoints?: string[];
  stackpointer?: number;
  drainLimit?: number;
  cascade?: boolean;
};

export function declareConnect(program: Command, finish: Finish): void {
  const command = program
    .command('connect')
    .description('connect services in service trees: which sub-services answer on behalf of an endpoint')
    .addHelpText(
      'after',
      example(
        'cmanage connect webapp -c training -e webapp-endpoint-prod',
        'cmanage connect training -p webapp --stp 1 -e webapp-endpoint-qa',
        'cmanage connect webapp -c db --drain-limit 300',
      ),
    );
  withRelatives(command)
    .option(
      '--stp, --stackpointer <position>',
      "position of the child (else the endpoint's own)",
      parsePosition,
    )
    .option(
      '--drain-limit <s>',
      "seconds that connections may stay when the relation leads elsewhere (else the load balancer's drain_limit)",
      parseDrainLimit,
    )
    .action(async (service: string, _options: unknown, self: Command) => {
      const { connectService } = await import('../../actions/treeProcesses.ts');
      const { change } = await import('../change.ts');
      const options: Options = self.optsWithGlobals();
      const relatives = relativesOf(service, options);
      const { stackpointer: position = null, drainLimit = null } = options;
      const settings = { position, drainLimit };
      finish(await change(options, { process: (state) => connectService(state, relatives, settings) }));
    });
}

export function declareDisconnect(program: Command, finish: Finish): void {
  const command = program
    .command('disconnect')
    .description('take relations out of service trees')
    .addHelpText('after', example('cmanage disconnect webapp -c training -e webapp-endpoint-prod'));
  withRelatives(command)
    .option('--cascade', 'also the branches that nothing else leads to')
    .action(async (service: string, _options: unknown, self: Command) => {
      const { disconnectService } = await import('../../actions/treeProcesses.ts');
      const { change } = await import('../change.ts');
      const options: Options = self.optsWithGlobals();
      const relatives = relativesOf(service, options);
      const cascade = options.cascade === true;
      finish(await change(options, { process: (state) => disconnectService(state, relatives, cascade) }));
    });
}

function withRelatives(command: Command): Command {
  return withChange(command)
    .argument('<service>', 'the service, or an external one that is called', parseName)
    .option('-c, --children <services...>', 'the services it calls, also external ones', parseNames)
    .option('-p, --parents <services...>', 'the services that call it', parseNames)
    .option(
      '-e, --endpoints <endpoints...>',
      'in the trees of these (else of every one it fits)',
      parseEndpointNames,
    );
}

function relativesOf(service: string, { children = [], parents = [], endpoints = [] }: Options): Relatives {
  if (children.length + parents.length > 0) return { service, children, parents, endpoints };
  throw new UserError('name what it calls by -c, or what calls it by -p');
}
