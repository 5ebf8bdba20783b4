import { execa } from 'execa';
import { dirname, join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';

const inProject = (path: string): string => join(projectRoot(), path);

export const bin = { cmanage: inProject('bin/cmanage'), built: inProject('dist/cmanage/main.js') };

export type Answer = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** How a run differs from the usual one, which has the lab's configuration and an input that is empty. */
export type Circumstances = {
  /** Another build of the command than the project's own. */
  readonly program?: string;
  readonly etc?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which it is killed; the tests of things that must end by themselves give one. */
  readonly timeout?: number;
};

/** Runs the command on a lab and gives how it ended; a failure is an answer too. */
export function cmanage(lab: Lab, ...args: string[]): Promise<Answer> {
  return cmanageIn({ etc: lab.etc }, ...args);
}

export async function cmanageIn(circumstances: Circumstances, ...args: string[]): Promise<Answer> {
  const { exitCode, signal, stdout, stderr } = await start(circumstances, args);
  return { exitCode: exitCode ?? -1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr };
}

/** A command under way, to be interrupted or killed; await it for its end. */
export type Running = ReturnType<typeof start>;

/** Starts the command without waiting for its end. The file runs as a user runs it, by its own first line. */
export function startCmanage(lab: Lab, ...args: string[]): Running {
  return start({ etc: lab.etc }, args);
}

export function startCmanageIn(circumstances: Circumstances, ...args: readonly string[]): Running {
  return start(circumstances, [...args]);
}

function start(circumstances: Circumstances, args: string[]) {
  const { program = bin.cmanage, etc, env = {}, cwd = process.cwd(), timeout = 100_000 } = circumstances;
  const configuration: Record<string, string> = etc === undefined ? {} : { CMANAGE_ETC: etc };
  return execa(program, args, {
    env: { ...environment(), ...configuration, ...env },
    extendEnv: false,
    reject: false,
    // Undoing takes its time; execa would kill what has not ended 5 s after a signal.
    forceKillAfterDelay: false,
    stdin: 'ignore',
    cwd,
    timeout,
  });
}

/** A bare environment: neither a proxy nor a Docker setting of whoever runs the tests changes what they see. */
function environment(): Record<string, string> {
  const path = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  return { PATH: path, HOME: '/nonexistent', LANG: 'C.UTF-8' };
}

/** Runs the command where it must succeed; otherwise the error shows all that it said. */
export async function succeed(lab: Lab, ...args: string[]): Promise<Answer> {
  const answer = await cmanage(lab, ...args);
  if (answer.exitCode === 0) return answer;
  throw new Error(`cmanage ${args.join(' ')}: exit ${answer.exitCode}\n${answer.stderr}${answer.stdout}`);
}

/** What the command answers with `-o json`. */
export async function succeedJson<T>(lab: Lab, ...args: string[]): Promise<T> {
  return JSON.parse((await succeed(lab, ...args, '-o', 'json')).stdout) as T;
}
