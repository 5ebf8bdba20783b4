import { Option, type Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { integer } from './arguments.ts';
import type { Mode } from '../model/traffic.ts';
import { strategies, type Strategy } from '../plan/strategy.ts';
import type { OutputFormat } from '../report/table.ts';

/** Options every command has. */
export type CommonOptions = {
  readonly etc?: string;
  /** Where cmanage's own log goes; else where cmanage.yml says. */
  readonly logFile?: string;
  readonly output: OutputFormat;
};

/** Options every changing command has. */
export type ChangeOptions = CommonOptions & {
  readonly dryRun?: boolean;
  /** Where the plan is saved instead of being walked. */
  readonly out?: string;
  readonly yes?: boolean;
  readonly quiet?: boolean;
  readonly reason?: string;
  /** What becomes of it where something fails. */
  readonly onError?: Strategy;
  /** Seconds to wait for the locks of others; else what cmanage.yml says. */
  readonly lockWait?: number;
};

export function withOutput(command: Command): Command {
  return command.addOption(outputOption());
}

/** The formats that every command prints, and those that one has besides. */
export function outputOption(...more: readonly string[]): Option {
  return new Option('-o, --output <format>', 'how to print')
    .choices(['table', 'json', 'yaml', ...more])
    .default('table');
}

/** Besides the usual formats, the plan as Markdown for a change review, where it is only shown or saved. */
export function withReview(command: Command): Command {
  return command.addOption(outputOption('markdown')).hook('preAction', (_command, self) => {
    const { output, dryRun, out } = self.optsWithGlobals<ChangeOptions>();
    if (output === 'markdown' && dryRun !== true && out === undefined) {
      throw new UserError('-o markdown is the plan for a review: give --dry-run with it, or --out');
    }
  });
}

export function withChange(command: Command): Command {
  return withReview(command)
    .option('--dry-run', 'show the plan and touch nothing')
    .option('--out <file>', "save the plan for 'cmanage apply' and touch nothing else")
    .option('-m, --reason <text>', 'why, for the history')
    .addOption(lockWaitOption())
    .addOption(
      new Option('--on-error <strategy>', 'what becomes of it where something fails (docs/failures.md)')
        .choices([...strategies])
        .default('rollback'),
    )
    .option('-q, --quiet', 'no progress');
}

export function lockWaitOption(): Option {
  const option = new Option('--lock-wait <s>', 'seconds to wait for other operations (else lock_wait)');
  return option.argParser(integer(0, 3600));
}

/** For changes that take something away: they ask the person at the terminal. */
export function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask; without a terminal nobody is asked');
}

/** How a service is called: by requests, each routed by itself, or by connections that stay where they are. */
export function modeOption(usual: Mode): Option {
  return new Option('--mode <mode>', 'how it is called').choices(['http', 'tcp']).default(usual);
}

/** The width of the terminal that a stream is; null where it is a pipe or a file. */
export function terminalColumns(stream: NodeJS.WriteStream = process.stdout): number | null {
  if (!stream.isTTY) return null;
  // A terminal that was never told its size says 0.
  return stream.columns > 0 ? stream.columns : 80;
}

/** The help text's example. */
export function example(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
