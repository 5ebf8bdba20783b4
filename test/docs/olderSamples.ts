import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { mentionsIn, type Mention } from './commandLines.ts';
import type { Block } from './olderBlocks.ts';
import { samplesOf, type Sample } from './samples.ts';

/** The whole command lines of a page that stand in no session. */
export function outsideSessions(page: string): Mention[] {
  const text = readFileSync(join(projectRoot(), page), 'utf8');
  const inSessions = new Set(samplesOf(text).map(({ line }) => line));
  return mentionsIn(page, text, []).filter(({ isWhole, line }) => isWhole && !inSessions.has(line));
}

/** The command lines of a block: from where it begins to where the next block of its page does. */
export function mentionsOf(block: Block, blocks: readonly Block[]): Mention[] {
  const mentions = outsideSessions(block.page);
  const start = (of: Block): number => {
    const index = mentions.findIndex(({ text }) => text.startsWith(of.from));
    if (index === -1) throw new Error(`${of.page} has no command that begins with: ${of.from}`);
    return index;
  };
  const starts = blocks.filter(({ page }) => page === block.page).map(start);
  const next = Math.min(...starts.filter((other) => other > start(block)), mentions.length);
  return mentions.slice(start(block), next);
}

/** What is typed for a block: its commands, each after what it needs; of line 0 where the page does not have it. */
export function runsOf(block: Block, blocks: readonly Block[]): Sample[] {
  return mentionsOf(block, blocks)
    .filter(({ text }) => valueFor(text, block.elsewhere) === undefined)
    .flatMap(({ line, text }) => {
      const exitCode = valueFor(text, block.exits) ?? 0;
      const before = valueFor(text, block.before) ?? [];
      // What the page has may end in a comment.
      const command = `cmanage ${own(text, block)}\ntest $? = ${exitCode}`;
      return [...before.map(typed), { ...typed(command), page: block.page, line, end: line }];
    });
}

/** A command that no page has; it only has to end well. */
export const typed = (command: string): Sample => ({ line: 0, end: 0, command, expected: null });

/** The value of the longest key with which a command begins. */
export function valueFor<T>(text: string, values: Readonly<Record<string, T>> = {}): T | undefined {
  const [key] = Object.keys(values)
    .filter((prefix) => text.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return key === undefined ? undefined : values[key];
}

const own = (text: string, { own: words = {} }: Block): string =>
  Object.entries(words).reduce((line, [name, word]) => line.replaceAll(name, word), text);
