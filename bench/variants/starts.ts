import type { Lab } from '../../lab/lab.ts';
import type { CommandLine } from '../process.ts';
import type { Variant } from '../rounds.ts';
import { cmanage } from './cmanage.ts';

/** Commands that an operator types and waits for, against what Node itself takes. */
export function starts(lab: Lab): Variant[] {
  return [
    start('node -e 0', { program: process.execPath, args: ['-e', '0'] }),
    start('cmanage --version', cmanage(lab, '--version')),
    start('cmanage show services', cmanage(lab, 'show', 'services')),
  ];
}

/** Nothing is prepared, and a command that ends with 0 has done its work. */
function start(name: string, command: CommandLine): Variant {
  return { name, command, prepare: () => Promise.resolve(), verify: () => Promise.resolve() };
}
