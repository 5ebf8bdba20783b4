import { Chalk, type ChalkInstance } from 'chalk';

/** Colours, or none: none where the output is no terminal, or NO_COLOR is set (no-color.org). */
export function paint(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): ChalkInstance {
  const wanted = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return new Chalk({ level: wanted ? 1 : 0 });
}

/**
 * Text from outside (an engine's error, a container's log) with control, escape and bidirectional characters shown
 * and not obeyed. Line breaks stay.
 */
export function printable(text: string): string {
  const unsafe =
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
