/** A command of a page, with what the page says that it prints. */
export type Sample = {
  /** The page, where samples of several are run together. */
  readonly page?: string;
  readonly line: number;
  /** The last line of what it prints, or of the command where nothing is shown. */
  readonly end: number;
  readonly command: string;
  /** What it prints, line by line; null where the page shows nothing, so that nothing is compared. */
  readonly expected: readonly string[] | null;
};

/**
 * The commands of a page in order. A page shows a session in blocks of the language `console`: a line that begins with
 * `$ ` is a command, lines that begin with `> ` continue it, and what follows is what it prints. A comment
 * `<!-- run … -->` holds commands in the same way which are run and not shown.
 */
export function samplesOf(page: string): Sample[] {
  return sessionsOf(page).flatMap(samplesOfSession);
}

type Line = { readonly number: number; readonly text: string };

/** The lines of each session, without the indentation that its block has in a list. */
function sessionsOf(page: string): Line[][] {
  const sessions: Line[][] = [];
  let open: { end: string; indent: number; lines: Line[] } | null = null;
  for (const [index, text] of page.split('\n').entries()) {
    if (open !== null && text.trim() === open.end) {
      sessions.push(open.lines);
      open = null;
    } else if (open) {
      open.lines.push({ number: index + 1, text: text.slice(open.indent) });
    } else if (/^ *(```console|<!-- run)$/.test(text)) {
      const end = text.trim() === '<!-- run' ? '-->' : '```';
      open = { end, indent: text.search(/\S/), lines: [] };
    }
  }
  if (open) throw new Error(`a session has no end: ${open.lines[0]?.text ?? ''}`);
  return sessions;
}

function samplesOfSession(lines: readonly Line[]): Sample[] {
  const starts = lines.flatMap(({ text }, index) => (text.startsWith('$ ') ? [index] : []));
  if (starts[0] !== 0) throw new Error(`line ${lines[0]?.number ?? 0}: a session begins with a command`);
  return starts.map((start, index) => sample(lines.slice(start, starts[index + 1])));
}

/** A command with its further lines and what it prints, less the empty lines at its end. */
function sample(lines: readonly Line[]): Sample {
  const last = lines.findLastIndex(({ text }) => text !== '');
  const after = lines.findIndex(({ text }, index) => index > 0 && !text.startsWith('> '));
  const command = (after === -1 ? lines : lines.slice(0, after)).map(({ text }) => text.slice(2));
  const output = after === -1 ? [] : lines.slice(after, last + 1).map(({ text }) => text);
  return {
    line: lines[0]?.number ?? 0,
    end: lines[last]?.number ?? 0,
    command: command.join('\n').trimEnd(),
    expected: output.length === 0 ? null : output,
  };
}

/**
 * Whether a command printed what the page says. `...` stands for any text in its line, and alone on a line for any
 * lines. A table on a page has the borders that a terminal gets, and in the test's pipe tabs; how wide its columns are
 * depends on the lab's addresses. So borders do not count, and blanks count once.
 */
export function printedAsShown(expected: readonly string[], printed: string): boolean {
  const lines = plain(expected).map((line) => {
    return line === '...' ? '(?:.*\n)*' : `${line.split('...').map(escape).join('.*')}\n`;
  });
  const text = `${plain(printed.trimEnd().split('\n')).join('\n')}\n`;
  return new RegExp(`^${lines.join('')}$`).test(text);
}

/** Lines without what is drawn around and between the cells of tables. */
function plain(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !/^[┌├└][─┬┼┴]+[┐┤┘]$/.test(line))
    .map((line) => line.replace(/[│\t]/g, ' ').replace(/ +/g, ' ').trim());
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
