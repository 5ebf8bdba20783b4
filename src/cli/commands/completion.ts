import { Argument, type Command } from 'commander';
import { parseRepository } from '../arguments.ts';
import { scripts, shells, type Shell } from '../completion/scripts.ts';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareCompletion(program: Command, finish: Finish): void {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options, names and versions')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      example(
        'source <(cmanage completion bash)',
        'cmanage completion bash > /etc/bash_completion.d/cmanage',
        'source <(cmanage completion zsh)',
        'cmanage completion fish > ~/.config/fish/completions/cmanage.fish',
      ),
    )
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell]);
      finish(0);
    });
  declareComplete(program, finish);
  declareTags(program, finish);
}

/** What the scripts ask. It answers within a quarter of a second, and where something is wrong says so to nobody but the curious. */
function declareComplete(program: Command, finish: Finish): void {
  program
    .command('__complete', { hidden: true })
    .description('tell a shell what may stand at the end of a command line')
    .addArgument(new Argument('<shell>').choices(shells))
    .argument('[words...]')
    .action(async (shell: Shell, words: string[]) => {
      const { completionLines } = await import('../completion/answer.ts');
      // Commands and options need neither the configuration nor the database.
      const lines = await completionLines(program, shell, words, async (kind, blank) => {
        const { lookUp } = await import('../completion/lookUp.ts');
        return lookUp(kind, blank);
      });
      if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
      finish(0);
    });
}

/** What completion starts beside itself where the tags that it knows are old. */
function declareTags(program: Command, finish: Finish): void {
  program
    .command('__tags', { hidden: true })
    .description('ask the registry for the tags of an image, and keep them')
    .argument('<image>', 'the image', parseRepository)
    .action(async (image: string, _options: unknown, self: Command) => {
      const [{ findDirectory, readConfig }, { listTags }, { cacheDirectory, writeTags }] = await Promise.all([
        import('../../config/config.ts'),
        import('../../docker/registry.ts'),
        import('../tagCache.ts'),
      ]);
      const { etc } = self.optsWithGlobals<Partial<CommonOptions>>();
      const { connection } = readConfig(findDirectory(etc, process.env.CMANAGE_ETC));
      const tags = await listTags(image, connection.registries);
      const heard = { asked: new Date().toISOString(), tags };
      writeTags(cacheDirectory(process.env), new Map([[image, heard]]));
      finish(0);
    });
}
