import { readFileSync, statSync } from 'node:fs';
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';
import type { z } from 'zod';
import { UserError } from '../model/errors.ts';

const largestFile = 1024 * 1024;
/** No setting is nested so deep. The package goes as deep as a file does, and Node may abort at the end of its stack. */
const deepest = 50;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a YAML file and checks it against a schema. Aliases, unknown keys and files over `limit` bytes (1 MiB) are refused.
 * Every fault is reported with file, line and what to do; a UserError carries them all.
 */
export function readYaml<T>(path: string, schema: z.ZodType<T>, limit = largestFile): T {
  return parseYaml(path, readText(path, limit), schema);
}

/** The same for a text that was read already; `path` is what faults are reported with. */
export function parseYaml<T>(path: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  const faults = [
    ...document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`),
    ...forbidden(document).map(({ offset, fact }) => `${at(offset)}: ${fact}`),
  ];
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const messages = result.error.issues.flatMap((issue) => describeIssue(issue, document, at));
  throw new UserError([...new Set(messages)].join('\n'));
}

/** Tells on which line of a YAML file a setting stands; null where the file does not set it. */
export function linesIn(path: string): (keys: readonly PropertyKey[]) => number | null {
  const lines = new LineCounter();
  const document = parseDocument(readText(path, largestFile), { lineCounter: lines });
  return (keys) => (document.hasIn(keys) ? lines.linePos(offsetOf(document, keys)).line : null);
}

/** The text of a configuration file; a UserError where there is none, or one too long to be looked at. */
export function readText(path: string, limit = largestFile): string {
  try {
    const { size } = statSync(path);
    if (size > limit) throw new UserError(`${path}: it has ${size} bytes; at most ${limit} are read`);
    const text = readFileSync(path, 'utf8');
    refuseDepth(path, text);
    return text;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}

/** Counts brackets wherever they stand: a comment or text with so many more open ones is no loss. */
function refuseDepth(path: string, text: string): void {
  let depth = 0;
  text.split('\n').forEach((line, index) => {
    for (const character of line) {
      if (character === '[' || character === '{') depth++;
      if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
      if (depth > deepest) break;
    }
    const isChained = /^\s*(?:[^\s:]*[-?:]\s+){50}/.test(line);
    const isIndented = line.search(/\S/) > 4 * deepest;
    if (depth <= deepest && !isChained && !isIndented) return;
    throw new UserError(
      `${path}:${index + 1}: it is nested deeper than any setting; write it as in 'cmanage init'`,
    );
  });
}

function forbidden(document: Document): { offset: number; fact: string }[] {
  const found: { offset: number; fact: string }[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || node.anchor !== undefined) {
        found.push({
          offset: node.range?.[0] ?? 0,
          fact: 'anchors and aliases are not read here; write the value out',
        });
      }
    },
    Pair: (_key, pair) => {
      const { key } = pair;
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      if (isCollection(key)) found.push({ offset, fact: 'a list or a map is no key; write plain text' });
      const name = isScalar(key) ? String(key.value) : '';
      if (forbiddenKeys.has(name)) found.push({ offset, fact: `the key ${name} is not allowed` });
    },
  });
  return found;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  document: Document,
  at: (offset: number) => string,
): string[] {
  const place = (path: readonly PropertyKey[]): string =>
    `${at(offsetOf(document, path))}: ${path.join('.')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${place([...issue.path, key])}: there is no such setting`);
  }
  return [`${place(issue.path)}: ${messageOf(issue)}`];
}

/** What is wrong in words; of a name in a list of names, what is wrong with the name. */
export function messageOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
}

/** Where the key at the end of a path stands (or the item of a list), or the innermost one around it that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const node = pair ? pair.key : isSeq(parent) && typeof key === 'number' ? parent.items[key] : null;
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
