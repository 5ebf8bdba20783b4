import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { wrapLine } from '../report/wrapLine.ts';
import { exitCode } from './exit.ts';
import { terminalColumns } from './options.ts';
import { bothRemedies } from './unfinished.ts';

/** What an operation asks before each of its steps, and listens to during them. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** Resolves at once, but while the operator is asked what is to become of the operation. */
  readonly mayGoOn: () => Promise<void>;
  readonly restore: () => void;
};

/** Where an operator is asked; replaced in tests. */
export type Terminal = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether a person is there to answer. */
  readonly isPerson: boolean;
  readonly leave: (code: number) => void;
};

const here = (): Terminal => ({
  input: process.stdin,
  output: process.stderr,
  isPerson: process.stdin.isTTY && process.stderr.isTTY,
  leave: (code) => process.exit(code),
});

/**
 * While a plan is walked, the first Ctrl-C asks the person at the terminal once whether the operation is to be undone or
 * left for `cmanage resume`; no step begins before the answer. Without a terminal, and by SIGTERM, what is under
 * way is stopped and undone in order; after the pivot it goes on to its end, because half-way is the worst place to stop.
 * The second one leaves at once: the journal then shows an operation that was not finished.
 */
export function interruptible(operation: number, terminal = here()): Interruption {
  const { output } = terminal;
  const controller = new AbortController();
  // Every call under way listens to it, and there is no limit to these but the hosts'.
  setMaxListeners(0, controller.signal);
  let isAnswered = Promise.resolve();
  let hasBegun = false;
  const leave = (): void => {
    const fact = 'left half-way; what was begun is still there, and the journal knows it';
    output.write(`cmanage: ${fact}: ${bothRemedies({ id: operation })}\n`);
    terminal.leave(exitCode.unfinished);
  };
  const stop = (): void => {
    const what = 'undoing what was done, or finishing where traffic has moved already';
    output.write(`cmanage: interrupted; ${what} (again to leave at once)\n`);
    controller.abort(new Error('interrupted by the operator'));
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (hasBegun) {
      leave();
      return;
    }
    hasBegun = true;
    if (name === 'SIGINT' && terminal.isPerson)
      isAnswered = ask(terminal, onSignal).then((leaves) => {
        if (leaves) leave();
        else stop();
      });
    else stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const restore = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: controller.signal, mayGoOn: () => isAnswered, restore };
}

/** Asks once; anything but `l` is the safe answer. A Ctrl-C instead of an answer is the second one. */
function ask({ input, output }: Terminal, onSignal: (name: NodeJS.Signals) => void): Promise<boolean> {
  const prompt = createInterface({ input, output });
  return new Promise((resolve) => {
    prompt.on('SIGINT', () => {
      onSignal('SIGINT');
    });
    prompt.on('close', () => {
      resolve(false);
    });
    const question =
      'cmanage: interrupted. Undo it (or finish it where traffic has moved), or leave it for resume? [U/l]';
    prompt.question(`\n${wrapLine(question, terminalColumns(process.stderr))} `, (answer) => {
      resolve(/^l(eave)?$/i.test(answer.trim()));
      prompt.close();
    });
  });
}
