/** A command of a page, with what the page says that it prints. */
export type Sample = {
  readonly line: number;
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
    if (open && text.trim() === open.end) {
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
  const samples: { line: number; command: string; output: string[] }[] = [];
  for (const { number, text } of lines) {
    const last = samples.at(-1);
    if (text.startsWith('$ ')) samples.push({ line: number, command: text.slice(2), output: [] });
    else if (!last) throw new Error(`line ${number}: a session begins with a command: ${text}`);
    else if (text.startsWith('> ') && last.output.length === 0) last.command += `\n${text.slice(2)}`;
    else last.output.push(text);
  }
  return samples.map(({ line, command, output }) => {
    while (output.at(-1) === '') output.pop();
    return { line, command, expected: output.length === 0 ? null : output };
  });
}

/**
 * Whether a command printed what the page says. `...` stands for any text in its line, and alone on a line for any
 * lines. How wide columns are depends on the lab's addresses, so that blanks and rules count once.
 */
export function printedAsShown(expected: readonly string[], printed: string): boolean {
  const lines = expected.map(squeeze).map((line) => {
    return line.trim() === '...' ? '(?:.*\n)*' : `${line.split('...').map(escape).join('.*')}\n`;
  });
  return new RegExp(`^${lines.join('')}$`).test(`${printed.split('\n').map(squeeze).join('\n').trimEnd()}\n`);
}

const squeeze = (line: string): string => line.trimEnd().replace(/ +/g, ' ').replace(/─+/g, '─');
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
