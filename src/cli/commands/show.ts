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
const journaled = ['operations', 'locks'] as const;
type Journaled = (typeof journaled)[number];

export function declareShow(program: Command, finish: Finish): void {
  const command = program
    .command('show')
    .description(
      'show services, external ones, endpoints, trees, stacks, containers, hosts, the whole state, unfinished operations, or locks',
    )
    .argument(
      '<what>',
      `one of ${[...things, ...journaled].join(', ')}, or the singular with a name`,
      parseThing,
    )
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
        'cmanage show locks',
      ),
    );
  withOutput(command).action(
    async (what: Thing | Journaled, name: string | undefined, _options: unknown, self: Command) => {
      const options: Options = self.optsWithGlobals();
      if (what === 'locks') {
        const { showLocks } = await import('../lock.ts');
        finish(await showLocks(options));
        return;
      }
      if (what === 'operations') {
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
function parseThing(text: string): Thing | Journaled {
  const thing = [...things, ...journaled].find((candidate) => candidate === text || candidate === `${text}s`);
  if (thing) return thing;
  throw new InvalidArgumentError(`Show one of ${[...things, ...journaled].join(', ')}.`);
}
