import { createInterface } from 'node:readline';
import type { Rules } from '../model/rules.ts';
import type { Plan } from '../plan/step.ts';
import { changedLines } from '../report/changed.ts';
import { violationLine, type Preview } from '../report/preview.ts';
import { printable } from '../report/printable.ts';
import { wrapLine } from '../report/wrapLine.ts';
import { printPreview } from './answers.ts';
import { terminalColumns, type ChangeOptions } from './options.ts';

/**
 * Whether a person at the terminal is asked before a plan is walked: not at all, only where it takes containers away, or always. What
 * takes very much away shows its whole plan first, also where nobody is asked.
 */
export type Asking = 'never' | 'where-containers-go' | 'always' | 'with-the-whole-plan';

/** Where a person is asked; replaced in tests. */
export type Person = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly isThere: boolean;
};

const here = (): Person => ({
  input: process.stdin,
  output: process.stdout,
  isThere: process.stdin.isTTY && process.stdout.isTTY,
});

/** Seconds for an answer: others wait for the locks meanwhile. */
const patience = 300;

type Options = Pick<ChangeOptions, 'output' | 'yes' | 'quiet'>;

/**
 * Asks the person at the terminal whether a plan is to be walked, and says so where it is not. Where there is nobody, with --yes, or where
 * an answer for programs is wanted, the command itself is the answer.
 */
export async function isConfirmed(
  asking: Asking,
  preview: Preview,
  rules: Rules,
  options: Options,
  person = here(),
): Promise<boolean> {
  if (asking === 'never' || options.output !== 'table') return true;
  if (asking === 'with-the-whole-plan') {
    if (options.quiet !== true) printPreview(preview, rules, options.output);
    return askFor([], options, person);
  }
  const gone = removedIn(preview.plan);
  if (asking === 'where-containers-go' && gone.length === 0) return true;
  const warnings = preview.violations.filter(({ level }) => level === 'warn').map(violationLine);
  const lines = [
    ...changedLines(preview, rules.stages),
    ...(gone.length === 0 ? [] : [goneText(gone)]),
    ...warnings.map((line) => `warning: ${line}`),
  ];
  return askFor([`${preview.command}:`, ...lines.map((line) => `  ${line}`)], options, person);
}

/** Shows some lines and asks, unless nobody is to be asked; no answer is a no. */
export async function askFor(lines: readonly string[], options: Options, person = here()): Promise<boolean> {
  if (options.output !== 'table' || options.yes === true || !person.isThere) return true;
  const { output } = person;
  const text = lines.map((line) => `${wrapLine(printable(line), terminalColumns())}\n`);
  output.write(`${text.join('')}\n`);
  const isWanted = await ask(person);
  if (!isWanted) output.write('Nothing was touched.\n');
  return isWanted;
}

function ask({ input, output }: Person): Promise<boolean> {
  const prompt = createInterface({ input, output });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      output.write(`\nNo answer within ${patience / 60} minutes.\n`);
      prompt.close();
    }, patience * 1000);
    // Ctrl-C and the end of the input close it, too.
    prompt.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
    prompt.question('Go on? [y/N] ', (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      prompt.close();
    });
  });
}

/** The containers that a plan takes away. */
function removedIn({ steps }: Plan): string[] {
  const gone = steps.filter(({ kind }) => kind === 'stop_container' || kind === 'remove_container');
  return [...new Set(gone.map(({ host, object }) => `${object} on ${host}`))].sort();
}

/** Containers that are named one by one; of more than these, the number says enough. */
const namedAtMost = 6;

function goneText(gone: readonly string[]): string {
  const count = gone.length === 1 ? '1 container goes' : `${gone.length} containers go`;
  const more = gone.length > namedAtMost ? ', …' : '';
  return `${count}: ${gone.slice(0, namedAtMost).join(', ')}${more}`;
}
