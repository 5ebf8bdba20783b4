import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { parseName } from '../arguments.ts';
import { example, withOutput, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareUpstream(program: Command, finish: Finish): void {
  const command = program
    .command('upstream')
    .description("list the tags of a service's image in its registry: what runs where, and what is newer")
    .argument('<service>', 'the service', parseName)
    .addHelpText('after', example('cmanage upstream webapp'));
  withOutput(command).action(async (service: string, _options: unknown, self: Command) => {
    finish(await upstream(service, self.optsWithGlobals()));
  });
}

async function upstream(name: string, options: CommonOptions): Promise<number> {
  const [
    { openSession, requireService },
    { listTags },
    { upstreamEntries, upstreamSheet },
    { renderAs, renderSheet },
    { screen },
    { parametersFor },
    { defaultOrder },
  ] = await Promise.all([
    import('../session.ts'),
    import('../../docker/registry.ts'),
    import('../../report/upstream.ts'),
    import('../../report/table.ts'),
    import('../screen.ts'),
    import('../../model/rules.ts'),
    import('../../model/versionOrder.ts'),
  ]);
  const session = await openSession(options, { write: false });
  try {
    const { state, config } = session;
    const service = requireService(state, name);
    if (service.pull === 'never') {
      throw new UserError(`the images of ${name} are only on its hosts: there is no registry to ask`);
    }
    const tags = await listTags(service.image, config.connection.registries);
    const { rules } = config.environment;
    const order = parametersFor(rules, 'stack-versions', name, defaultOrder);
    const entries = upstreamEntries(state, name, tags, rules.stages, order);
    const data = { service: name, image: service.image, tags: entries };
    // Two requests for each tag there is would be needed to tell.
    const note =
      order.by === 'created'
        ? '\n\nThe order is by when images were made, which is looked up at a release only.'
        : '';
    const { columns, colour } = screen();
    const sheet = (): string => `${renderSheet(upstreamSheet(entries), columns, colour.bold)}${note}`;
    console.log(renderAs(options.output, data, sheet));
    return 0;
  } finally {
    await session.close();
  }
}
