import { Chalk, type ChalkInstance } from 'chalk';

/** How text is laid out for a terminal: its columns, null for a pipe or a file, and the colours. */
export type Style = { readonly columns: number | null; readonly colour: ChalkInstance };

/** Colours, or none: none where the output is no terminal, or NO_COLOR is set (no-color.org). */
export function paint(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): ChalkInstance {
  const wanted = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return new Chalk({ level: wanted ? 1 : 0 });
}
