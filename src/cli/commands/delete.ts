import type { Command } from 'commander';
import type { State } from '../../model/state.ts';
import type { Outcome } from '../../model/violation.ts';
import { parseEndpointName, parseName } from '../arguments.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type DeleteOptions = ChangeOptions & { cascade?: boolean };

export function declareDelete(program: Command, finish: Finish): void {
  const group = program
    .command('delete')
    .description('delete a service, an external one, an endpoint, or the containers of a service')
    .addHelpText(
      'after',
      example(
        'cmanage delete endpoint webapp-endpoint-qa',
        'cmanage delete service webapp --cascade --dry-run',
      ),
    );
  const service = group
    .command('service')
    .description('delete a service that nothing depends on any more')
    .argument('<name>', 'the service', parseName)
    .option('--cascade', 'first what depends on it: endpoints, relations in trees, stacks, containers')
    .addHelpText('after', example('cmanage delete service webapp --cascade --dry-run'));
  withYes(withChange(service)).action(async (name: string, _options: unknown, self: Command) => {
    const { removeService } = await import('../../actions/deletions.ts');
    const options: DeleteOptions = self.optsWithGlobals();
    const cascade = options.cascade === true;
    finish(await remove(options, name, (state) => removeService(state, { service: name, cascade })));
  });
  const endpoint = group
    .command('endpoint')
    .description('delete an endpoint that has no service tree any more')
    .argument('<name>', 'its full name, such as webapp-endpoint-prod', parseEndpointName)
    .option('--cascade', 'first the relations of its tree')
    .addHelpText('after', example('cmanage delete endpoint webapp-endpoint-qa'));
  withYes(withChange(endpoint)).action(async (name: string, _options: unknown, self: Command) => {
    const { removeEndpoint } = await import('../../actions/deletions.ts');
    const options: DeleteOptions = self.optsWithGlobals();
    const cascade = options.cascade === true;
    finish(await remove(options, null, (state) => removeEndpoint(state, { endpoint: name, cascade })));
  });
  const external = group
    .command('external')
    .description('delete an external service that nothing calls any more')
    .argument('<name>', 'the external service', parseName)
    .option('--cascade', 'first its relations in trees, and its place in what services use')
    .addHelpText('after', example('cmanage delete external db --dry-run'));
  withYes(withChange(external)).action(async (name: string, _options: unknown, self: Command) => {
    const { removeExternal } = await import('../../actions/deletions.ts');
    const options: DeleteOptions = self.optsWithGlobals();
    const cascade = options.cascade === true;
    finish(await remove(options, null, (state) => removeExternal(state, { external: name, cascade })));
  });
  const containers = group
    .command('containers')
    .description('delete all containers of a service whose rules let it be incomplete')
    .argument('<service>', 'the service', parseName)
    .addHelpText('after', example('cmanage delete containers webapp --dry-run'));
  withYes(withChange(containers)).action(async (name: string, _options: unknown, self: Command) => {
    const { removeContainers } = await import('../../actions/processes.ts');
    finish(await remove(self.optsWithGlobals(), name, (state) => removeContainers(state, name)));
  });
}

/** Runs a deletion; `service`, where one is named, must exist. One that cascades shows its whole plan first. */
async function remove(
  options: DeleteOptions,
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
    asks: options.cascade === true ? 'with-the-whole-plan' : 'always',
  });
}
