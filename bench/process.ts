import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type CommandLine = {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment of the bench itself. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Milliseconds from the start of a process to its end. Throws with what it said when it fails. */
export async function timed({ program, args, env = {} }: CommandLine): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let ended = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  child.on('exit', () => (ended = performance.now()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`);
  return ended - started;
}
