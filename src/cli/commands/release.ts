import type { Command } from 'commander';
import { parseName, parseVersions } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { versions: string[] };

export function declareRelease(program: Command, finish: Finish): void {
  const command = program
    .command('release')
    .description(
      'push versions on top of every stack of a service; no endpoint changes until a pop promotes them',
    )
    .argument('<service>', 'the service', parseName)
    .requiredOption('-v, --versions <versions...>', 'the versions, earliest first', parseVersions)
    .addHelpText(
      'after',
      example('cmanage release webapp -v v0.4 --dry-run', 'cmanage release webapp -v v0.4'),
    );
  withChange(command).action(async (service: string, _options: unknown, self: Command) => {
    finish(await release(service, self.optsWithGlobals()));
  });
}

async function release(service: string, options: Options): Promise<number> {
  const [{ change }, processes, { requireService }, { stacksOf }, { needsTimes }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/processes.ts'),
    import('../session.ts'),
    import('../../model/lookup.ts'),
    import('../facts.ts'),
  ]);
  const { versions } = options;
  return change(options, {
    concerns: [service],
    question: (state, { environment }) => {
      const { image, pull } = requireService(state, service);
      const hosts = stacksOf(state, service).map((stack) => stack.host);
      return { image, pull, versions, hosts, times: needsTimes(environment, service) };
    },
    process: (state, environment, facts) =>
      processes.release(state, { service, versions }, environment, facts),
  });
}
