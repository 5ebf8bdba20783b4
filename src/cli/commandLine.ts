/**
 * The command as it was typed, for the preview and the history. The values of variables stay out of both, and so does
 * `--dry-run`, so that a preview names the command it is the preview of.
 */
export function commandLine(typed: readonly string[]): string {
  const words = typed.filter((word) => word !== '--dry-run');
  return words
    .map((word, index) => {
      const isVariable = words[index - 1] === '-e' || words[index - 1] === '--env';
      return isVariable ? word.replace(/=.*/s, '=***') : word.replace(/^(--env=[^=]*|-e[^=]*)=.*/s, '$1=***');
    })
    .join(' ');
}
