import { commandsBelow } from '../../../src/cli/manPage.ts';
import type { Command } from 'commander';

/** How wide the help texts of the reference are, in characters. */
const width = 110;

/** docs/reference/commands.md: what `--help` says of the program and of every command, in its order. */
export function commandsPage(program: Command): string {
  const commands = commandsBelow(program).flatMap(withSubcommands);
  const index = commands.map(({ path }) => `[${path}](#${path.replaceAll(' ', '-')})`).join(' · ');
  const sections = commands.map(({ path, command }) => `## ${path}\n\n${block(command)}`);
  const intro =
    'What `cmanage COMMAND --help` says of each command. This page is made by `npm run docs` from the program itself, and a test\ncompares them.';
  return ['# Commands', intro, index, '## cmanage', block(program), ...sections].join('\n\n') + '\n';
}

type Named = { readonly path: string; readonly command: Command };

function withSubcommands(command: Command): Named[] {
  const below = commandsBelow(command).flatMap(withSubcommands);
  const name = command.name();
  return [{ path: name, command }, ...below.map((child) => ({ ...child, path: `${name} ${child.path}` }))];
}

function block(command: Command): string {
  let text = '';
  const writeOut = (part: string): void => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => width, getOutHasColors: () => false });
  command.outputHelp();
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}
