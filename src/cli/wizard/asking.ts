import { createInterface } from 'node:readline/promises';
import { UserError } from '../../model/errors.ts';
import { printable } from '../../report/printable.ts';
import { wrapLine } from '../../report/wrapLine.ts';
import { terminalColumns } from '../options.ts';

/** Whoever is asked: at the terminal, or in a test. */
export type Asker = {
  /** Gives the line that is typed, without blanks around it. */
  readonly ask: (question: string) => Promise<string>;
  readonly say: (text: string) => void;
  /** Waits for something outside, unless the person leaves meanwhile. */
  readonly wait: <T>(work: Promise<T>) => Promise<T>;
  readonly close: () => void;
};

/** The person at the terminal, whose lines are broken between words. Ctrl-C and the end of the input leave at once, by a UserError. */
export function personAtTerminal(): Asker {
  const left = new AbortController();
  const leaving = new Promise<never>((_resolve, reject) => {
    left.signal.addEventListener('abort', () => {
      reject(left.signal.reason as Error);
    });
  });
  // Who leaves while nothing is waited for is told by the question.
  leaving.catch(() => undefined);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  lines.on('SIGINT', () => {
    lines.close();
  });
  lines.on('close', () => {
    left.abort();
  });
  return {
    ask: async (question) => {
      const shown = wrapLine(printable(question), terminalColumns()).split('\n');
      const last = `${shown.pop()?.trimEnd() ?? ''} `;
      for (const line of shown) console.log(line);
      const answer = lines.question(last, { signal: left.signal });
      return (await answer.catch(leave)).trim();
    },
    say: (text) => {
      for (const line of printable(text).split('\n')) console.log(wrapLine(line, terminalColumns()));
    },
    wait: (work) => Promise.race([work, leaving]).catch(leave),
    close: () => {
      lines.close();
    },
  };
}

function leave(error: unknown): never {
  if ((error as Error).name !== 'AbortError') throw error;
  console.log('');
  throw new UserError('left before the end: nothing was written');
}

/** What is wrong with an answer, in words that say what would be right; null where it is well. */
export type Fault = (answer: string) => string | null;

/** Asks until the answer is well; an empty one is the usual one, where there is such. */
export async function askFor(
  { ask, say }: Asker,
  question: string,
  usual: string,
  fault: Fault,
): Promise<string> {
  for (;;) {
    const answer = (await ask(usual === '' ? `${question}: ` : `${question} [${usual}]: `)) || usual;
    const wrong = fault(answer);
    if (wrong === null) return answer;
    say(`  ${JSON.stringify(answer)} cannot be it: ${wrong}`);
  }
}

/** Asks for one of some letters; Enter takes the first one. */
export async function choose<Letter extends string>(
  asker: Asker,
  question: string,
  letters: readonly [Letter, ...Letter[]],
): Promise<Letter> {
  const found = (answer: string): Letter | undefined =>
    letters.find((letter) => letter === answer.charAt(0).toLowerCase());
  const answer = await askFor(asker, question, letters[0], (text) =>
    found(text) === undefined ? `type one of ${letters.join(', ')}` : null,
  );
  return found(answer) ?? letters[0];
}

export async function isYes(asker: Asker, question: string, usual: 'y' | 'n'): Promise<boolean> {
  return (await choose(asker, question, usual === 'y' ? ['y', 'n'] : ['n', 'y'])) === 'y';
}
