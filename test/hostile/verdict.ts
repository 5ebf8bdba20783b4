import { CommanderError } from 'commander';
import { HostError, UserError } from '../../src/model/errors.ts';
import { printable } from '../../src/report/printable.ts';

/** Control, escape and bidirectional characters. Line breaks are none. */
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** What is wrong with how an input was refused; null where it was refused as it should be. */
export function wrongRefusal(error: unknown): string | null {
  const isMeant = error instanceof UserError || error instanceof HostError || error instanceof CommanderError;
  if (!isMeant) return `a crash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  // Commander prints its own errors by the same function (program.ts).
  return wrongText(printable(`cmanage: ${error.message}`));
}

/** What is wrong with a text that is printed. */
export function wrongText(text: string): string | null {
  return unsafe.test(text) ? `it prints ${JSON.stringify(unsafe.exec(text)?.[0])}` : null;
}

/** A fault that the tests found, and not cmanage. */
export class Found extends Error {
  override name = 'Found';
}

/** Says that something must not be so. */
export function refuse(isSo: boolean, what: string): void {
  if (isSo) throw new Found(what);
}
