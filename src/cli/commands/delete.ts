import type { Command } from 'commander';
import type { State } from '../../model/state.ts';
import type { Outcome } from '../../model/violation.ts';
import { parseEndpointName, parseName } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareDelete(program: Command, finish: Finish): void {
  const group = program
    .command('delete')
    .description('delete a service, an endpoint, or the containers of a service');
  const service = group
    .command('service')
    .description('delete a service that nothing depends on any more')
    .argument('<name>', 'the service', parseName)
    .option('--cascade', 'delete its endpoints, stacks and containers first')
    .addHelpText('after', example('cmanage delete service webapp --cascade --dry-run'));
  withChange(service).action(async (name: string, _options: unknown, self: Command) => {
    const { removeService } = await import('../../actions/processes.ts');
    const options: ChangeOptions & { cascade?: boolean } = self.optsWithGlobals();
    finish(
      await remove(options, name, (state) =>
        removeService(state, { service: name, cascade: options.cascade === true }),
      ),
    );
  });
  const endpoint = group
    .command('endpoint')
    .description('delete an endpoint')
    .argument('<name>', 'its full name, such as webapp-endpoint-prod', parseEndpointName)
    .addHelpText('after', example('cmanage delete endpoint webapp-endpoint-qa'));
  withChange(endpoint).action(async (name: string, _options: unknown, self: Command) => {
    const { deleteEndpoint } = await import('../../actions/deletions.ts');
    finish(await remove(self.optsWithGlobals(), null, (state) => deleteEndpoint(state, name)));
  });
  const containers = group
    .command('containers')
    .description('delete all containers of a service whose rules let it be incomplete')
    .argument('<service>', 'the service', parseName)
    .addHelpText('after', example('cmanage delete containers webapp --dry-run'));
  withChange(containers).action(async (name: string, _options: unknown, self: Command) => {
    const { removeContainers } = await import('../../actions/processes.ts');
    finish(await remove(self.optsWithGlobals(), name, (state) => removeContainers(state, name)));
  });
}

/** Runs a deletion; `service`, where one is named, must exist. */
async function remove(
  options: ChangeOptions,
  service: string | null,
  process: (state: State) => Outcome,
): Promise<number> {
  const [{ change }, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../session.ts'),
  ]);
  return change(options, {
    question: (state) => {
      if (service !== null) requireService(state, service);
      return null;
    },
    process,
  });
}
