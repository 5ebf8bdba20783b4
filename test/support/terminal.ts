import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { waitUntil } from '../../lab/run.ts';

/** A program on a terminal of its own (by `script` of util-linux), for what only happens where a person sits. */
export type Terminal = {
  /** Presses keys. */
  readonly type: (keys: string) => void;
  /** All that was shown so far, without colours and the like. */
  readonly shown: () => string;
  /** Waits until that matches from some place on, and gives what was shown from there; throws with all of it when it never does. */
  readonly until: (pattern: RegExp, from?: number) => Promise<string>;
  /** Waits for its end, and gives its exit code. */
  readonly ended: Promise<number>;
  /** Takes the terminal away, where the program has not ended by itself. */
  readonly hangUp: () => void;
};

/** Starts a shell command line on a terminal, with nothing in its environment but what is given. */
export function onTerminal(
  commandLine: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Terminal {
  const child = spawn('script', ['-qefc', commandLine, '/dev/null'], { env: { TERM: 'xterm', ...env }, cwd });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const shown = (): string => stripVTControlCharacters(text).replaceAll('\r', '');
  const until = async (pattern: RegExp, from = 0): Promise<string> => {
    const found = await waitUntil(() => Promise.resolve(pattern.test(shown().slice(from))), 60_000);
    if (!found) throw new Error(`${String(pattern)} was never shown:\n${shown().slice(from)}`);
    return shown().slice(from);
  };
  return {
    type: (keys) => child.stdin.write(keys),
    shown,
    until,
    hangUp: () => child.kill(),
    ended: new Promise((resolve) => {
      child.on('close', (code) => {
        resolve(code ?? -1);
      });
    }),
  };
}
