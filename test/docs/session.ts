import { execa } from 'execa';
import type { Sample } from './samples.ts';

/** How a command of a page went. */
export type Outcome = { readonly exitCode: number; readonly printed: string };

/** Between two outputs; no command of a page prints it. */
const mark = '\u001e';

/**
 * Runs a page's commands in one shell, as a reader does: what one sets is there for the next. A command that fails ends
 * it, unless the next one is `echo $?`. Gives the outcomes of those that were run; both outputs are one, as on a terminal.
 */
export async function runSession(
  samples: readonly Sample[],
  where: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly timeout: number },
): Promise<Outcome[]> {
  const { stdout } = await execa('bash', ['--noprofile', '--norc', '-c', script(samples)], {
    ...where,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
  });
  return outcomesOf(stdout);
}

function script(samples: readonly Sample[]): string {
  const runs = samples.map(({ command }, index) => {
    const mayFail = samples[index + 1]?.command === 'echo $?';
    const stop = mayFail ? '' : '[ $__code = 0 ] || exit 1\n';
    return `${command}\n__code=$?; printf '\\036%d\\036' $__code\n${stop}(exit $__code)\n`;
  });
  return `exec 2>&1\n${runs.join('')}`;
}

function outcomesOf(output: string): Outcome[] {
  const parts = output.split(mark);
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => ({
    printed: parts[2 * index] ?? '',
    exitCode: Number(parts[2 * index + 1]),
  }));
}
