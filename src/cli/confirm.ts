import { createInterface } from 'node:readline/promises';
import type { Preview } from '../report/preview.ts';
import { printPreview } from './answers.ts';
import type { ChangeOptions } from './options.ts';

/**
 * Shows the whole plan before a change that takes much away, and asks the person at the terminal. Where there is none,
 * or an answer for programs is wanted, the command itself is the answer.
 */
export async function isConfirmed(
  preview: Preview,
  stages: readonly string[],
  { output, yes, quiet }: ChangeOptions,
): Promise<boolean> {
  if (output !== 'table') return true;
  if (quiet !== true) printPreview(preview, stages, output);
  if (yes === true || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question('\nGo on? [y/N] ');
  prompt.close();
  const confirmed = /^y(es)?$/i.test(answer.trim());
  if (!confirmed) console.log('Nothing was touched.');
  return confirmed;
}
