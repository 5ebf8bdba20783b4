import { setTimeout as sleep } from 'node:timers/promises';
import { HostError, UserError } from '../../model/errors.ts';
import { printable } from '../../report/printable.ts';
import { paint } from '../../report/style.ts';

/** The other screen of a terminal, as editors use it: whatever was there before comes back at the end. */
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const [home, clearLine, clearBelow] = ['\u001b[H', '\u001b[K', '\u001b[J'];

/**
 * Shows an answer again every so many seconds until Ctrl-C. On a terminal it is drawn in the same place, and lines that were not
 * there the last time are marked; elsewhere it is printed when it has changed.
 */
export async function watchAnswers(answer: () => Promise<Iterable<string>>, seconds: number): Promise<void> {
  const stopped = new AbortController();
  const stop = (): void => {
    stopped.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const isTerminal = process.stdout.isTTY;
  const show = isTerminal ? drawing(seconds) : printing();
  if (isTerminal) process.stdout.write(enter);
  try {
    while (!stopped.signal.aborted) {
      show(await textOf(answer));
      await sleep(seconds * 1000, null, { signal: stopped.signal }).catch(unlessStopped);
    }
  } finally {
    if (isTerminal) process.stdout.write(leave);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

/** What is wrong now may be mended the next time; it is shown in place of the answer. */
async function textOf(answer: () => Promise<Iterable<string>>): Promise<string> {
  try {
    return [...(await answer())].join('\n');
  } catch (error) {
    if (error instanceof HostError || error instanceof UserError)
      return printable(`cmanage: ${error.message}`);
    throw error;
  }
}

function unlessStopped(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}

function drawing(seconds: number): (text: string) => void {
  let before: ReadonlySet<string> | null = null;
  return (text) => {
    const colour = paint(process.stdout, process.env);
    const lines = text.split('\n');
    const known = before;
    before = new Set(lines);
    const room = process.stdout.rows - 2;
    const shown = lines
      .slice(0, lines.length > room ? room - 1 : room)
      .map((line) => (known === null || known.has(line) ? line : colour.inverse(line)));
    const rest = lines.length - shown.length;
    const now = new Date().toISOString().slice(0, 19).replace('T', ' ');
    const head = colour.dim(`${now} UTC, every ${seconds} s; Ctrl-C ends it`);
    const tail = rest > 0 ? [colour.dim(`${rest} more lines: a pattern, --stage or --host shows fewer`)] : [];
    const page = [head, '', ...shown, ...tail].map((line) => `${line}${clearLine}`).join('\n');
    process.stdout.write(`${home}${page}${clearBelow}`);
  };
}

function printing(): (text: string) => void {
  let before: string | null = null;
  return (text) => {
    if (text !== before) console.log(text);
    before = text;
  };
}
