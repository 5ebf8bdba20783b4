import { buildProgram } from '../../src/cli/program.ts';
import { reportError } from '../../src/cli/exit.ts';
import { commandOf } from './commands.ts';

/**
 * One operator: a process of its own that gives commands by the same code as `bin/cmanage`, one after the other. For each
 * it writes one line: the number it was drawn from, the exit code, and what it was told.
 */
export type Told = {
  readonly number: number;
  readonly code: number;
  readonly out: string;
  readonly err: string;
};

const [etc = '', count = '0', seed = '1'] = process.argv.slice(2);

const written = { out: '', err: '' };
console.log = (text: string): void => {
  written.out += `${text}\n`;
};
console.error = (text: string): void => {
  written.err += `${text}\n`;
};

/** A small generator of numbers, so that a run can be given again by its seed. */
function numbersFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state >>> 8;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return high * 2 ** 20 + (state >>> 12);
  };
}

async function give(args: readonly string[]): Promise<number> {
  const line = ['--etc', etc, ...args, '-o', 'json', '-q'];
  process.argv = ['node', 'cmanage', ...line];
  let code = 0;
  try {
    await buildProgram((result) => {
      code = result;
    }).parseAsync(process.argv);
    return code;
  } catch (error) {
    return reportError(error);
  }
}

const next = numbersFrom(Number(seed));
for (let index = 0; index < Number(count); index++) {
  const number = next();
  Object.assign(written, { out: '', err: '' });
  const code = await give(commandOf(number).args);
  const told: Told = { number, code, ...written };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
