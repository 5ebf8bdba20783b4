/**
 * The command as it was typed, for the preview and the history. The values of variables stay out of both, and so do
 * `--dry-run` and `-o markdown`, so that a preview names the command it is the preview of.
 */
export function commandLine(typed: readonly string[]): string {
  const words = typed.filter((word, index) => word !== '--dry-run' && !asksForReview(typed, index));
  return words
    .map((word, index) => {
      const isVariable = words[index - 1] === '-e' || words[index - 1] === '--env';
      return isVariable ? word.replace(/=.*/s, '=***') : word.replace(/^(--env=[^=]*|-e[^=]*)=.*/s, '$1=***');
    })
    .join(' ');
}

/** Whether a word is, or belongs to, the option that prints a plan for a review; changes are not made with it. */
function asksForReview(words: readonly string[], index: number): boolean {
  const isOption = (word: string | undefined): boolean => word === '-o' || word === '--output';
  const [before, word, after] = [words[index - 1], words[index], words[index + 1]];
  if (word === '-omarkdown' || word === '--output=markdown') return true;
  return word === 'markdown' ? isOption(before) : isOption(word) && after === 'markdown';
}
