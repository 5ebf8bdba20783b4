import { readFileSync } from 'node:fs';
import { buildProgram } from '../../../src/cli/program.ts';
import { constraints } from '../../../src/constraints/all.ts';
import { commandsPage } from './commands.ts';
import { filesPage } from './files.ts';
import { rulesPage } from './rules.ts';

/** The pages of the reference that are made from the program, by their path in the project whose root is given. */
export function referencePages(root: string): Record<string, string> {
  const template = (name: string): string => readFileSync(`${root}/etc/${name}`, 'utf8');
  const templates = {
    'cmanage.yml': template('cmanage.yml'),
    'hosts.yml': template('hosts.yml'),
    'rules.yml': template('rules.yml'),
  };
  return {
    'docs/reference/commands.md': commandsPage(buildProgram(() => undefined)),
    'docs/reference/rules.md': rulesPage(constraints),
    'docs/reference/files.md': filesPage(templates),
  };
}
