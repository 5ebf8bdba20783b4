import type { Argument, Command, Option } from 'commander';
import { optionsAround, type Blank } from './blank.ts';
import { kindOf, valueName, type Kind } from './kinds.ts';

/** One word that may stand in a blank, and a few words on it. */
export type Candidate = { readonly value: string; readonly about: string };

/** What is neither declared nor the shell's to complete. */
export type LookedUp = Exclude<Kind, 'commands' | 'files' | 'directories'>;

/** What the shell itself completes, better than we could. */
export type Offer = readonly Candidate[] | 'files' | 'directories';

/** Looks up the names of a kind that begin with what was typed. */
export type LookUp = (kind: LookedUp, blank: Blank) => Promise<readonly Candidate[]>;

/** All that may stand in a blank, in the order in which it is to be shown. */
export async function candidatesFor(blank: Blank, lookUp: LookUp): Promise<Offer> {
  if (blank.takesOptions) return beginning(blank, optionsFor(blank));
  const commands = blank.takesCommands ? beginning(blank, commandsBelow(blank.command)) : [];
  if (!blank.value) return commands;
  const values = await valuesFor(blank, blank.value, lookUp);
  return typeof values === 'string' ? values : [...commands, ...beginning(blank, values)];
}

function beginning({ prefix }: Blank, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(prefix));
}

/** The options that were not given yet, or may be given again. An option without a long name has its short one. */
function optionsFor({ command, values, prefix }: Blank): Candidate[] {
  return optionsAround(command)
    .filter((option) => option.variadic || !values.has(option))
    .map(({ long, short, description }) => ({
      value: (/^-[^-]/.test(prefix) ? short : long) ?? long ?? short ?? '',
      about: description,
    }));
}

function commandsBelow(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ value: child.name(), about: child.description() }));
}

/** The command that was named word by word, as `help` takes it. */
function commandNamed({ command, given }: Blank): Command {
  const below = (one: Command, word: string): Command =>
    one.commands.find((child) => child.name() === word) ?? one;
  return given.reduce(below, command.parent ?? command);
}

async function valuesFor(blank: Blank, value: Argument | Option, lookUp: LookUp): Promise<Offer> {
  const choices = value.argChoices;
  if (choices) return choices.map((choice) => ({ value: choice, about: '' }));
  const kind = kindOf(blank.path, value) ?? null;
  if (kind === null) return [];
  if (kind === 'files' || kind === 'directories') return kind;
  if (kind === 'commands') return commandsBelow(commandNamed(blank));
  const taken = new Set(blank.given);
  const found = await lookUp(kind, blank);
  return found.filter((candidate) => candidate.value === blank.prefix || !taken.has(candidate.value));
}

/** The values that were given for an option, by the name that its value has in the declarations. */
export function valuesNamed({ values }: Blank, name: string): readonly string[] {
  return [...values].flatMap(([option, given]) => (valueName(option) === name ? given : []));
}
