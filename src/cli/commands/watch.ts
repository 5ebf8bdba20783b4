import type { Command } from 'commander';
import { integer } from '../arguments.ts';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';
import type { WatchOptions } from '../drift/watch.ts';

export function declareWatch(program: Command, finish: Finish): void {
  const command = program
    .command('watch')
    .description("look again and again, and mend what 'cmanage heal' would; ends by SIGTERM or Ctrl-C")
    .option('--interval <seconds>', 'between two looks where nothing happens', integer(1, 86_400))
    .option('--limit <repairs>', 'repairs within an hour; beyond that it only tells', integer(0, 10_000))
    .option('--tell-only', 'repair nothing')
    .addHelpText(
      'after',
      `
What happens to a container on a Docker host is looked at within seconds. While another command changes the environment,
or one was left half-way, it waits. It tells what it finds, and before and after each repair: on standard output, and by the
webhook and the command under 'watch' in cmanage.yml, where the limits stand too.`,
    )
    .addHelpText('after', example('cmanage watch', 'cmanage watch --interval 30 --limit 5 -o json'));
  withOutput(command).action(async (_options: unknown, self: Command) => {
    const { watch } = await import('../drift/watch.ts');
    const options: WatchOptions = self.optsWithGlobals();
    finish(await watch(options));
  });
}
