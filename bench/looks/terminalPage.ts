/** The colours of a terminal: its paper, its ink, and the eight of SGR 30 to 37. */
type Theme = { readonly paper: string; readonly ink: string; readonly colours: readonly string[] };

const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  // Those of xterm on white are the hardest to read of all that are usual.
  light: {
    ...{ paper: '#ffffff', ink: '#000000' },
    colours: ['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
  },
  dark: {
    ...{ paper: '#11151a', ink: '#d6dbe0' },
    colours: ['#2e3440', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d6dbe0'],
  },
};

/** What a terminal showed, as `tmux capture-pane -pe` writes it down, as an HTML page with its colours. */
export function terminalPage(text: string, theme: 'light' | 'dark'): string {
  const { paper, ink, colours } = themes[theme];
  const on = new Map<string, string>();
  const parts = text.trimEnd().split(/\u001b\[([\d;]*)m/);
  const html = parts.map((part, index) => {
    if (index % 2 === 1) {
      for (const code of part.split(';').map(Number)) apply(on, code, colours);
      return '';
    }
    const plain = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return on.size === 0 ? plain : `<span style="${[...on.values()].join(';')}">${plain}</span>`;
  });
  const look = `margin:0;padding:10px 12px;width:max-content;background:${paper};color:${ink};font:13px/17px "DejaVu Sans Mono",monospace`;
  return `<!doctype html><meta charset="utf-8"><body style="margin:0"><pre style='${look}'>${html.join('')}</pre>`;
}

/** Puts a code of SGR (ECMA-48) into effect, of those that cmanage uses. */
function apply(on: Map<string, string>, code: number, colours: readonly string[]): void {
  if (code === 0) on.clear();
  else if (code === 1) on.set('weight', 'font-weight:700');
  else if (code === 2) on.set('weight', 'opacity:.55');
  else if (code === 7) on.set('inverse', 'filter:invert(1)');
  else if (code === 22) on.delete('weight');
  else if (code === 27) on.delete('inverse');
  else if (code >= 30 && code <= 37) on.set('colour', `color:${colours[code - 30] ?? ''}`);
  else if (code === 39) on.delete('colour');
}
