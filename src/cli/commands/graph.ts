import { Option, type Command } from 'commander';
import { parsePattern } from '../arguments.ts';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

const formats = ['svg', 'dot', 'mermaid'] as const;

export type GraphOptions = Omit<CommonOptions, 'output'> & {
  readonly output: (typeof formats)[number];
  readonly out?: string;
};

export function declareGraph(program: Command, finish: Finish): void {
  program
    .command('graph')
    .description('draw the environment: endpoints, the services they lead to, stacks and hosts')
    .argument(
      '[service]',
      'only these services and all in trees with them; % stands for any characters',
      parsePattern,
    )
    .addOption(new Option('-o, --output <format>', 'how to draw it').choices(formats).default('mermaid'))
    .option('--out <file>', 'a new file, instead of standard output')
    .addHelpText(
      'after',
      example(
        'cmanage graph -o svg --out environment.svg',
        'cmanage graph webapp -o dot | dot -Tpdf > webapp.pdf',
      ),
    )
    .action(async (pattern: string | undefined, _options: unknown, self: Command) => {
      const { graph } = await import('../graph.ts');
      finish(await graph(pattern ?? null, self.optsWithGlobals<GraphOptions>()));
    });
}
