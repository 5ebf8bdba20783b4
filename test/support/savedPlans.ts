import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { cmanage, succeed, type Answer } from './cmanage.ts';
import type { StepOnDisk } from './database.ts';

type Shelf = {
  /** A path in the lab's directory at which there is no file yet. */
  readonly newFile: () => string;
  /** Has a change saved instead of made; gives the file. */
  readonly save: (...args: string[]) => Promise<string>;
  readonly apply: (file: string, ...more: string[]) => Promise<Answer>;
};

/** Where the plans of one lab are kept. */
export function savedPlans(lab: Lab): Shelf {
  let count = 0;
  const newFile = (): string => join(lab.dir, `plan-${(count += 1)}.json`);
  const save = async (...args: string[]): Promise<string> => {
    const file = newFile();
    await succeed(lab, ...args, '--out', file);
    return file;
  };
  return { newFile, save, apply: (file, ...more) => cmanage(lab, 'apply', file, ...more) };
}

type Outline = Pick<StepOnDisk, 'seq' | 'kind' | 'host' | 'object'>;

/** What a plan's steps and the journal's have in common; which revision comes next depends on what else has happened. */
export function outline({ seq, kind, host, object }: Outline): Outline {
  return { seq, kind, host, object: kind === 'commit_state' ? 'the next revision' : object };
}

/** The steps that a file says will be walked. */
export function stepsIn(file: string): Outline[] {
  const { plan } = JSON.parse(readFileSync(file, 'utf8')) as { plan: { steps: Outline[] } };
  return plan.steps.map(outline);
}
