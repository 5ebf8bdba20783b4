import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Asked } from '../../report/kind.ts';
import { integer, parseColumns, parsePattern } from '../arguments.ts';
import { example, outputOption, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

const things = [
  ...(['services', 'stacks', 'containers', 'endpoints', 'trees'] as const),
  ...(['hosts', 'loadbalancers', 'externals', 'links'] as const),
  ...(['releases', 'operations', 'locks', 'state'] as const),
];
export type Thing = (typeof things)[number];

export type ShowFormat = CommonOptions['output'] | 'csv' | 'markdown' | 'template' | 'schema';

/** What was typed, with null for what was not. */
export type ShowOptions = Omit<CommonOptions, 'output'> &
  Asked & {
    readonly output: ShowFormat;
    readonly template: string | null;
    readonly live: boolean;
    readonly upstream: boolean;
    readonly pager: boolean;
    /** Seconds between two looks. */
    readonly watch: number | null;
  };

type Typed = { readonly [K in keyof ShowOptions]?: ShowOptions[K] | true };

export function declareShow(program: Command, finish: Finish): void {
  program
    .command('show')
    .description('show what the model holds, and how it is now')
    .addArgument(
      new Argument('<what>', 'what to show, or its singular with a name')
        .choices([...things])
        .argParser(parseThing),
    )
    .argument('[name]', 'only this one; % and * stand for any characters, ? for one', parsePattern)
    .option('--stage <stage>', 'only what is at this stage', parsePattern)
    .option('--host <host>', 'only what is on this host', parsePattern)
    .option('--sort <columns>', 'by these columns; a hyphen before one turns its order round', parseColumns)
    .option('--columns <columns>', 'these columns, such as name,prod,changed', parseColumns)
    .addOption(outputOption('csv', 'markdown', 'template', 'schema'))
    .option('--template <text>', "a line for each, such as '{{name}} {{prod}}' (-o template)")
    .option('--live', 'ask the hosts and load balancers how everything is now')
    .option('--upstream', 'ask the registries for newer versions; they are remembered')
    .option('--watch [s]', 'show it again every so many seconds (2)', integer(1, 3600))
    .option('--no-pager', 'print a long list as it is')
    .addHelpText(
      'after',
      example(
        'cmanage show services',
        'cmanage show service webapp%',
        'cmanage show services --stage prod --sort=-changed --upstream',
        'cmanage show containers --host docker01 --live --watch 5',
        'cmanage show tree webapp-endpoint-prod',
        'cmanage show operation 12',
        "cmanage show services --template '{{name}} {{prod}}'",
        'cmanage show releases -o csv > releases.csv',
      ),
    )
    .action(async (what: Thing, name: string | undefined, _options: unknown, self: Command) => {
      const { show } = await import('../show/show.ts');
      finish(await show(what, optionsOf(name ?? null, self.optsWithGlobals())));
    });
}

function optionsOf(pattern: string | null, typed: Typed & CommonOptions): ShowOptions {
  const { stage = null, host = null, sort = null, columns = null, template = null, watch = null } = typed;
  return {
    ...typed,
    ...({ pattern, stage, host, sort, columns, template } as Asked & Pick<ShowOptions, 'template'>),
    output: template !== null && typed.output === 'table' ? 'template' : typed.output,
    ...{ live: typed.live === true, upstream: typed.upstream === true, pager: typed.pager !== false },
    watch: watch === true ? 2 : watch,
  };
}

/** Takes the plural and the singular alike, as the thesis does. */
function parseThing(text: string): Thing {
  const thing = things.find((candidate) => candidate === text || candidate === `${text}s`);
  if (thing) return thing;
  throw new InvalidArgumentError(`Show one of ${things.join(', ')}.`);
}
