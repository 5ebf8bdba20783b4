import type { Command } from 'commander';
import { oneLine } from '../../report/printable.ts';
import { blankIn } from './blank.ts';
import { candidatesFor, type LookUp, type Offer } from './candidates.ts';
import type { Shell } from './scripts.ts';

/** The lines that answer a shell which asks what may stand at the end of a command line. */
export async function completionLines(
  program: Command,
  shell: Shell,
  words: readonly string[],
  lookUp: LookUp,
): Promise<string[]> {
  const whole = shell === 'bash' ? unsplit(words) : words;
  const blank = blankIn(program, whole);
  return linesFor(shell, blank.stem, await candidatesFor(blank, lookUp));
}

function linesFor(shell: Shell, stem: string, offer: Offer): string[] {
  if (typeof offer === 'string') return [`[${offer}]`];
  // Bash replaces what is behind the equals sign alone.
  if (shell === 'bash') return offer.map(({ value }) => value);
  return offer.map(({ value, about }) => {
    const words = oneLine(about);
    return words === '' && shell === 'fish' ? `${stem}${value}` : `${stem}${value}\t${words}`;
  });
}

/** Bash splits words also at `=` and `:`, and leaves quotes and backslashes in them. */
function unsplit(words: readonly string[]): string[] {
  const whole: string[] = [];
  let joins = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    const last = whole.at(-1);
    if (last !== undefined && (isBreak || joins)) whole[whole.length - 1] = last + word;
    else whole.push(word);
    joins = isBreak;
  }
  return whole.map((word) => word.replace(/\\(.)|["']/g, '$1'));
}
