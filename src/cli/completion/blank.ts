import type { Argument, Command, Option } from 'commander';

/** The blank that the cursor is in: what may stand there, by the declarations of the command line. */
export type Blank = {
  /** The command so far, and those around it from the program down. */
  readonly command: Command;
  /** Its name without the program's, such as `delete service`. */
  readonly path: string;
  /** The arguments that it was given before, and the values of the options. */
  readonly given: readonly string[];
  readonly values: ReadonlyMap<Option, readonly string[]>;
  /** What was typed of the word. */
  readonly prefix: string;
  /** The part of the word that stays whatever is chosen, such as `--output=`. */
  readonly stem: string;
  /** Whether the word may be an option, or one of the commands below. */
  readonly takesOptions: boolean;
  readonly takesCommands: boolean;
  /** The value that is to stand here; null where there is none. */
  readonly value: Argument | Option | null;
};

/**
 * Reads a command line up to the cursor as commander would read it. `words` are those behind the program's name; the
 * last one is the one to be completed, empty where the cursor stands behind a blank. Pure.
 */
export function blankIn(program: Command, words: readonly string[]): Blank {
  const line = words.slice(0, -1).reduce(read, beginningOf(program));
  return blankAt(line, words.at(-1) ?? '');
}

/** What is known of a line that was read up to some word. */
type Line = {
  readonly command: Command;
  readonly path: readonly string[];
  readonly given: readonly string[];
  readonly values: ReadonlyMap<Option, readonly string[]>;
  /** The option that takes the next word, and whether it may do without. */
  readonly open: { readonly option: Option; readonly needs: boolean } | null;
  /** Whether `--` has ended the options. */
  readonly isPlain: boolean;
};

function beginningOf(program: Command): Line {
  return { command: program, path: [], given: [], values: new Map(), open: null, isPlain: false };
}

function read(line: Line, word: string): Line {
  const { open, isPlain, command } = line;
  if (open?.needs) return withValue(line, open.option, word);
  if (!isPlain && word === '--') return { ...line, open: null, isPlain: true };
  if (!isPlain && isFlag(word)) return readFlag({ ...line, open: null }, word);
  if (open) return withValue(line, open.option, word);
  const child = line.given.length === 0 ? childOf(command, word) : undefined;
  if (!child) return { ...line, given: [...line.given, word] };
  return { ...line, command: child, path: [...line.path, child.name()] };
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, and `-abc` where the first ones take no value. */
function readFlag(line: Line, word: string): Line {
  const [, long = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const option = optionNamed(line.command, long);
  if (option) {
    if (value !== undefined) return { ...withValue(line, option, value), open: null };
    const values = new Map(line.values).set(option, line.values.get(option) ?? []);
    const open = takesValue(option) ? { option, needs: option.required } : null;
    return { ...line, values, open };
  }
  const short = word.startsWith('--') ? undefined : optionNamed(line.command, word.slice(0, 2));
  if (!short || word.length < 3) return line;
  return takesValue(short)
    ? { ...withValue(line, short, word.slice(2)), open: null }
    : readFlag(line, `-${word.slice(2)}`);
}

/** A variadic option goes on taking words until the next option. */
function withValue(line: Line, option: Option, value: string): Line {
  const values = new Map(line.values).set(option, [...(line.values.get(option) ?? []), value]);
  return { ...line, values, open: option.variadic ? { option, needs: false } : null };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

/** The options of a command and of those around it, which commander takes anywhere. */
export function optionsAround(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  return [...own, ...(command.parent ? optionsAround(command.parent) : [])].filter(
    (option, index, all) => all.findIndex(({ long }) => long === option.long) === index,
  );
}

/** The option that a flag such as `-o` or `--output` stands for; undefined where the command has none. */
export function optionNamed(command: Command, flag: string): Option | undefined {
  return optionsAround(command).find(({ long, short }) => long === flag || short === flag);
}

function blankAt(line: Line, word: string): Blank {
  const { command, given, values, open, isPlain } = line;
  const about = { command, path: line.path.join(' '), given, values };
  const none = { stem: '', takesOptions: false, takesCommands: false, value: null };
  if (open?.needs) return { ...about, ...none, prefix: word, value: open.option };
  const [, stem, flag, prefix] = isPlain ? [] : (/^((--[^=]+)=)(.*)$/s.exec(word) ?? []);
  if (stem !== undefined && flag !== undefined && prefix !== undefined) {
    return { ...about, ...none, prefix, stem, value: optionNamed(command, flag) ?? null };
  }
  if (!isPlain && word.startsWith('-')) return { ...about, ...none, prefix: word, takesOptions: true };
  if (open) return { ...about, ...none, prefix: word, value: open.option };
  const args = command.registeredArguments;
  const last = args.at(-1);
  const value = args[given.length] ?? (last?.variadic ? last : null);
  return { ...about, ...none, prefix: word, takesCommands: given.length === 0, value };
}
