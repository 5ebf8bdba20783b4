import { InvalidArgumentError, Option, type Command } from 'commander';
import { parsePattern } from '../arguments.ts';
import { example, withOutput, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = CommonOptions & { live?: boolean };

const things = [
  'services',
  'externals',
  'endpoints',
  'trees',
  'stacks',
  'containers',
  'hosts',
  'state',
] as const;
export type Thing = (typeof things)[number];
/** What is of the journal, and not of the state. */
const operations = 'operations';

export function declareShow(program: Command, finish: Finish): void {
  const command = program
    .command('show')
    .description(
      'show services, external ones, endpoints, trees, stacks, containers, hosts, the whole state, or unfinished operations',
    )
    .argument('<what>', `one of ${things.join(', ')}, operations, or the singular with a name`, parseThing)
    .argument('[name]', 'only this one; % stands for any characters', parsePattern)
    .addOption(new Option('--live', 'ask the hosts how the containers are now'))
    .addHelpText(
      'after',
      example(
        'cmanage show services',
        'cmanage show service webapp%',
        'cmanage show tree webapp-endpoint-prod',
        'cmanage show containers --live -o json',
        'cmanage show operations',
        'cmanage show operation 12',
      ),
    );
  withOutput(command).action(
    async (what: Thing | typeof operations, name: string | undefined, _options: unknown, self: Command) => {
      const options: Options = self.optsWithGlobals();
      if (what === operations) {
        const { showOperations } = await import('../showOperations.ts');
        finish(await showOperations(name ?? null, options));
        return;
      }
      const { show } = await import('../show.ts');
      finish(await show(what, name ?? null, { ...options, live: options.live === true }));
    },
  );
}

/** Takes the plural and the singular alike, as the thesis does. */
function parseThing(text: string): Thing | typeof operations {
  const thing = [...things, operations as typeof operations].find(
    (candidate) => candidate === text || candidate === `${text}s`,
  );
  if (thing) return thing;
  throw new InvalidArgumentError(`Show one of ${things.join(', ')}, ${operations}.`);
}
