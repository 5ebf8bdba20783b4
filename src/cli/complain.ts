import { wrapLines } from '../report/wrapLine.ts';
import { terminalColumns } from './options.ts';
import { forStream, type Level } from './systemd.ts';

/** Writes to standard error: for a terminal wrapped between words, for systemd's journal with its priority. What is not printable is escaped before. */
export function complain(level: Level, text: string): void {
  console.error(forStream(2, level, wrapLines(text, terminalColumns(process.stderr))));
}
