import type { Argument, Command, Option } from 'commander';

/**
 * The manual page, made from the declarations that also make `--help`, so that neither can know what the other does not. In the
 * language of groff's man(7).
 */
export function manPage(program: Command, version: string, more: readonly ManSection[]): string {
  const lines = [
    `.TH ${program.name().toUpperCase()} 1 "" "${program.name()} ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    `${program.name()} \\- ${escaped(firstSmall(program.description()))}`,
    '.SH SYNOPSIS',
    `.B ${program.name()}`,
    '[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]',
    '.SH OPTIONS',
    ...optionLines(program),
    '.SH COMMANDS',
    ...commandsBelow(program).flatMap((command) => commandLines(command, '')),
    ...more.flatMap(sectionLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** A section that no command declares: terms, each with what is to be said of it. */
export type ManSection = {
  readonly title: string;
  readonly terms: readonly (readonly [term: string, text: string])[];
};

function sectionLines({ title, terms }: ManSection): string[] {
  return [`.SH ${title}`, ...terms.flatMap(([term, text]) => termLines(escaped(term), text))];
}

/** A command, and those below it. */
function commandLines(command: Command, above: string): string[] {
  const name = `${above}${command.name()}`;
  const below = commandsBelow(command).flatMap((child) => commandLines(child, `${name} `));
  const own = [
    `.SS ${escaped([name, ...command.registeredArguments.map(termOf)].join(' '))}`,
    sentence(command.description()),
    ...argumentLines(command),
    ...optionLines(command),
    ...exampleLines(command),
  ];
  return [...own, ...below];
}

/** The commands of a program or a group: not those that are hidden, nor the help that each group has by itself. */
export function commandsBelow(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.filter((child) => command.commands.includes(child));
}

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentLines(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .flatMap((argument) =>
      termLines(`\\fI${escaped(help.argumentTerm(argument))}\\fR`, help.argumentDescription(argument)),
    );
}

/** The options of its own; `--help`, which every command has, is told once. */
function optionLines(command: Command): string[] {
  const help = command.createHelp();
  const isTold = ({ long }: Option): boolean => long !== '--help' || command.parent === null;
  return help
    .visibleOptions(command)
    .filter(isTold)
    .flatMap((option) =>
      termLines(`\\fB${escaped(help.optionTerm(option))}\\fR`, help.optionDescription(option)),
    );
}

function termLines(term: string, text: string): string[] {
  return ['.TP', term, escaped(text)];
}

/** The lines that its help gives as examples, and what it says behind them. */
function exampleLines(command: Command): string[] {
  const [examples = [], ...rest] = afterHelp(command).map((part) => part.split('\n'));
  const lines = examples.map((line) => escaped(line.trim()));
  return [
    ...(lines.length > 0
      ? ['.PP', lines.length === 1 ? 'Example:' : 'Examples:', '.PP', '.nf', '.RS', ...lines, '.RE', '.fi']
      : []),
    ...rest.flatMap((part) => ['.PP', escaped(part.join(' '))]),
  ];
}

/** The paragraphs behind the options in a command's help; the first one has the examples. */
export function afterHelp(command: Command): string[] {
  let help = '';
  command.configureOutput({
    writeOut: (part) => {
      help += part;
    },
  });
  command.outputHelp();
  const [, text = ''] = help.split(/^Example:\n/m);
  return text
    .trimEnd()
    .split('\n\n')
    .filter((part) => part !== '');
}

function sentence(text: string): string {
  const escapedText = escaped(text);
  return `${escapedText.charAt(0).toUpperCase()}${escapedText.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}

function firstSmall(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '');
}

/** Text as it stands: backslashes, hyphens and dots at the beginning of a line are not groff's. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')
    .replaceAll('\n', ' ');
}
