import { readFileSync } from 'node:fs';
import { samplesOf, type Sample } from '../../test/docs/samples.ts';

export const tasks = ['set up', 'release and promote', 'go back'] as const;
export type Task = (typeof tasks)[number];

/** A way of doing the tasks: what is typed for each. */
export type Way = {
  readonly name: string;
  /** What is done before each task and stands in no figure: the database is there, functions for the shell are known. */
  readonly before: readonly Sample[];
  readonly functions: readonly Sample[];
  readonly sessions: Readonly<Record<Task, readonly Sample[]>>;
};

/** Reads a way from its page, where each task has a section of its own and what prepares stands before the first. */
export function readWay(name: string, page: string): Way {
  const [head = '', ...sections] = readFileSync(page, 'utf8').split(/^## /m);
  const sessionOf = (task: Task): Sample[] => {
    const section = sections.find((text) => text.startsWith(`${task}\n`));
    if (section === undefined) throw new Error(`${page}: no section "${task}"`);
    return samplesOf(section);
  };
  const sessions: Way['sessions'] = {
    'set up': sessionOf('set up'),
    'release and promote': sessionOf('release and promote'),
    'go back': sessionOf('go back'),
  };
  const prepares = samplesOf(head);
  const isFunction = ({ command }: Sample): boolean => /^\w+\(\)/.test(command);
  const functions = prepares.filter(isFunction);
  const before = prepares.filter((sample) => !isFunction(sample));
  return { name, before, functions, sessions };
}
