import type { Command } from 'commander';

/** The headings under which the program's help lists its commands: fifty in one list are not read. */
const groups: Readonly<Record<string, readonly string[]>> = {
  'Set up, and keep the state:': [
    'init',
    'export',
    'import',
    'recover',
    'backup',
    'restore',
    'completion',
    'help',
  ],
  'See what there is:': ['show', 'diff', 'report', 'graph', 'rules', 'history', 'logs', 'upstream'],
  'See that it is right, and mend it:': [
    'check',
    'verify',
    'heal',
    'watch',
    'doctor',
    'resume',
    'lock',
    'unlock',
  ],
  'Services, and how they are reached:': [
    ...['addservice', 'changeservice', 'addendpoint', 'addexternal', 'changeexternal', 'changeendpoint'],
    ...['connect', 'disconnect', 'changetree', 'delete'],
  ],
  'Versions:': [
    ...[
      'plan',
      'apply',
      'release',
      'pop',
      'weight',
      'canary',
      'promote',
      'abort',
      'replace',
      'rollback',
      'prune',
    ],
  ],
  'Hosts:': ['scale', 'deploy', 'host', 'forgethost'],
};

/** Puts a program's commands under their headings. */
export function groupCommands(program: Command): void {
  for (const [heading, names] of Object.entries(groups))
    for (const command of program.commands.filter((each) => names.includes(each.name())))
      command.helpGroup(heading);
}
