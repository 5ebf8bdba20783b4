import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { insteadOf } from '../../model/nearest.ts';
import { example } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareHelp(program: Command, finish: Finish): void {
  program
    .command('help')
    .description('tell about a command, or print the manual page of all of them')
    .argument('[command...]', 'the command, such as release, or delete service')
    .option('--man', 'the manual page, for man')
    .addHelpText(
      'after',
      example('cmanage help release', 'cmanage help delete service', 'cmanage help --man | man -l -'),
    )
    .action(async (words: string[], { man }: { man?: boolean }) => {
      if (man === true) {
        const { manual } = await import('../manual.ts');
        process.stdout.write(manual(program));
      } else words.reduce(childOf, program).outputHelp();
      finish(0);
    });
}

/** The command of a name below another one. */
function childOf(command: Command, word: string): Command {
  const found = command.commands.find((child) => child.name() === word);
  if (found) return found;
  const known = command
    .createHelp()
    .visibleCommands(command)
    .map((child) => child.name());
  const below = command.parent ? ` below ${command.name()}` : '';
  throw new UserError(`there is no command ${word}${below}: ${insteadOf(word, known, `see 'cmanage help'`)}`);
}
