import { describe, expect, it } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { projectRoot } from '../../lab/project.ts';
import { wordsOf } from './commandLines.ts';
import { documentation } from './documentation.ts';
import { blocks } from './olderBlocks.ts';
import { mentionsOf, outsideSessions, valueFor } from './olderSamples.ts';

/** Each command line that a page shows is run by a test: in a session of its page, as one of `blocks`, or by a scenario. */
describe('every command line that a page shows', () => {
  // The help texts show examples; what they can be is tried by all the others.
  const pages = documentation.filter((page) => page !== 'docs/reference/commands.md');

  it.each(pages)('is run: %s', (page) => {
    const run = blocks.filter((block) => block.page === page).flatMap((block) => mentionsOf(block, blocks));
    const lines = new Set(run.map(({ line }) => line));
    const left = outsideSessions(page).filter(({ line }) => !lines.has(line));
    expect(left.map(({ line, text }) => `${page}:${line}: cmanage ${text}`)).toEqual([]);
  });

  const elsewhere = blocks.flatMap((block) =>
    mentionsOf(block, blocks).flatMap(({ text }) => {
      const file = valueFor(text, block.elsewhere);
      return file === undefined ? [] : [{ text, file }];
    }),
  );

  it.each(elsewhere)('$file runs: cmanage $text', ({ text, file }) => {
    const source = readFileSync(`${projectRoot()}/${file}`, 'utf8');
    const [command = '', ...words] = wordsOf(text);
    const options = words.filter((word) => word.startsWith('--'));
    expect(options.concat(command).filter((word) => !source.includes(`'${word}'`))).toEqual([]);
  });
});

describe('every link in the documentation', () => {
  it.each(documentation)('leads somewhere: %s', (page) => {
    const text = readFileSync(`${projectRoot()}/${page}`, 'utf8').replace(/^( *)```[^]*?^\1```/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = links.filter((target) => !/^https?:/.test(target) && !leads(page, target));
    expect(broken).toEqual([]);
  });
});

/** Whether a relative link leads to a directory, or to a file, and to a heading of it where it names one. */
function leads(page: string, link: string): boolean {
  const { pathname, hash } = new URL(link, `file://${projectRoot()}/${page}`);
  try {
    if (statSync(pathname).isDirectory()) return hash === '';
    const text = readFileSync(pathname, 'utf8');
    return hash === '' || headings(text).includes(hash.slice(1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The anchors that headings get: lower case, blanks become dashes, other signs go. */
const headings = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
