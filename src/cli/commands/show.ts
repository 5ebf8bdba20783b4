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

export function declareShow(program: Command, finish: Finish): void {
  const command = program
    .command('show')
    .description(
      'show services, external ones, endpoints, trees, stacks, containers, hosts or the whole state',
    )
    .argument('<what>', `one of ${things.join(', ')}, or the singular with a name`, parseThing)
    .argument('[name]', 'only this one; % stands for any characters', parsePattern)
    .addOption(new Option('--live', 'ask the hosts how the containers are now'))
    .addHelpText(
      'after',
      example(
        'cmanage show services',
        'cmanage show service webapp%',
        'cmanage show tree webapp-endpoint-prod',
        'cmanage show containers --live -o json',
      ),
    );
  withOutput(command).action(
    async (what: Thing, name: string | undefined, _options: unknown, self: Command) => {
      const { show } = await import('../show.ts');
      const options: Options = self.optsWithGlobals();
      finish(await show(what, name ?? null, { ...options, live: options.live === true }));
    },
  );
}

/** Takes the plural and the singular alike, as the thesis does. */
function parseThing(text: string): Thing {
  const thing = things.find((candidate) => candidate === text || candidate === `${text}s`);
  if (thing) return thing;
  throw new InvalidArgumentError(`Show one of ${things.join(', ')}.`);
}
