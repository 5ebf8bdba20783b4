import type { Command } from 'commander';
import { afterHelp, commandsBelow } from './manPage.ts';

/**
 * What Commander says of a line that it cannot take, with what the person would look for next: the words that may stand
 * there, or a line that is right. One that has a suggestion already stays as it is.
 */
export function explained(text: string, command: Command): string {
  const message = text.trimEnd();
  if (message.includes('Did you mean')) return message;
  const missing = /^error: missing required argument '([^']+)'$/.exec(message)?.[1];
  const choices = command.registeredArguments.find((argument) => argument.name() === missing)?.argChoices;
  if (choices) return `${message}: one of ${choices.join(', ')}`;
  if (message.startsWith('error: unknown command ') && command.parent !== null)
    return `${message}: below ${command.name()} there are ${namesBelow(command)}`;
  if (missing === undefined && !/^error: (required option .* not specified|too many arguments)/.test(message))
    return message;
  const [right] = afterHelp(command)[0]?.split('\n') ?? [];
  return right === undefined ? message : `${message.replace(/\.$/, '')}, as in: ${right.trim()}`;
}

function namesBelow(command: Command): string {
  return commandsBelow(command)
    .map((child) => child.name())
    .join(', ');
}
