import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../model/errors.ts';
import type { Retention } from '../model/retention.ts';

/** What is typed of the containers that are kept when they are popped; `false` is `--no-retain`. */
export type RetentionArguments = { readonly retain?: Retain | false; readonly warm?: boolean };

type Retain = Pick<Retention, 'by' | 'limit'>;

export function withRetentionArguments(command: Command): Command {
  return command
    .option(
      '--retain <n|time>',
      'popped containers to keep for a rollback: the last N of each stack, or each for a time such as 2h',
      parseRetain,
    )
    .option('--warm', 'let what is retained run on, instead of stopping it');
}

/** The retention that was typed: null keeps nothing, undefined says nothing about it. */
export function retentionTyped({ retain, warm = false }: RetentionArguments): Retention | null | undefined {
  if (retain) return { ...retain, warm };
  if (warm)
    throw new UserError('--warm says how containers are retained: give --retain with it, such as --retain 1');
  return retain === false ? null : undefined;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `3` is the last three; `90s`, `30m`, `2h` and `1d` are times. */
export function parseRetain(text: string): Retain {
  const [, number = '', unit = ''] = /^(\d{1,6})([smhd]?)$/.exec(text) ?? [];
  const limit = Number(number) * (units[unit] ?? 1);
  if (unit === '' && limit >= 1 && limit <= 100) return { by: 'count', limit };
  if (unit !== '' && limit >= 1 && limit <= 366 * 86_400) return { by: 'seconds', limit };
  throw new InvalidArgumentError('Give a number from 1 to 100, or a time such as 30m, 2h or 7d, up to 366d.');
}
