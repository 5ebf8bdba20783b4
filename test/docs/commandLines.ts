/** A mention of a cmanage command in a page. */
export type Mention = {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** Whether it is shown whole, to be typed; in running text it may be cut short. */
  readonly isWhole: boolean;
};

/** What the pages say of HAProxy's runtime API, whose commands have names like ours. */
const haproxys = ['show stat', 'show proc', 'show servers state'];

/**
 * Every command line of cmanage in a page: in its blocks of code, and in running text between backticks, where the
 * program's own name may be left out before one of `commands`.
 */
export function mentionsIn(page: string, text: string, commands: readonly string[]): Mention[] {
  let isFenced = false;
  return text.split('\n').flatMap((content, index): Mention[] => {
    const mention = (found: string, isWhole: boolean) => ({ page, line: index + 1, text: found, isWhole });
    if (/^ *```/.test(content)) isFenced = !isFenced;
    else if (isFenced || /^ {4,}(\$ )?\S/.test(content))
      return inCode(content).map((found) => mention(found, true));
    return [...content.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => {
      const isShort = commands.some((command) => code.startsWith(`${command} `)) && !haproxys.includes(code);
      return (isShort ? [code] : inCode(code)).map((found) => mention(found, false));
    });
  });
}

/** The commands of cmanage in a line for the shell, each from behind its name to where the line ends. */
function inCode(line: string): string[] {
  const found = [...line.matchAll(/(?:^|[|;&(] *|\$ )\s*(?:sudo )?(?:bin\/)?cmanage (.*)/g)];
  return found.map(([, text = '']) => text.trim());
}

/** The words of a command line as the shell would give them, up to a comment, a pipe, a redirection or the next command. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  const token =
    /\s*(?:(#|\||;|&|>|\d>|\)|\\$)|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\([^)]*\)|[^\s"'|;&>)\\])+))/y;
  for (let match = token.exec(text); match?.[2] !== undefined; match = token.exec(text)) {
    words.push(match[2].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}

/** What stands for a reader's own word, and one such word. */
const examples: Readonly<Record<string, string>> = {
  ID: '12',
  N: '2',
  V: 'v0.1',
  IMAGE: 'registry.example/webapp',
  POSITION: '0',
  'POSITION=WEIGHT': '0=90',
  KIND: 'services',
  'STAGE=VERSION': 'prod=v0.1',
  'STAGE=HOST:PORT': 'prod=db:5432',
  'NUMBER:DIGEST': `1:${'0'.repeat(64)}`,
  PORT: '80',
  DIRECTION: 'up',
  WHY: 'why',
  WHAT: 'services',
  STRATEGY: 'rollback',
  SECONDS: '5',
};

/**
 * The words as somebody would type them: `[…]` is optional and taken, `a|b` is a choice and its first is taken, a word in
 * capitals is an example of its kind, and what three points leave out is not there.
 */
export function filledIn(words: readonly string[]): string[] {
  return words
    .map((word) => word.replace(/^\[+|\]+$/g, '').replace(/(\.\.\.|…)\]?$/, ''))
    .filter((word) => word !== '')
    .map((word) => word.split(/\\?\|/)[0] ?? word)
    .map((word) => word.replaceAll('$LAB_REGISTRY', 'registry.example:5000').replace(/\$\(.*?\)|\$\w+/g, 'x'))
    .map((word) => examples[word] ?? (/^[A-Z]+$/.test(word) ? word.toLowerCase() : word));
}
