import { execa } from 'execa';
import { setTimeout as sleep } from 'node:timers/promises';

/** System programs live in sbin, which a login shell's PATH may lack. */
export const searchPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** Runs a program to its end and gives its standard output; throws with its standard error when it fails. */
export async function run(program: string, args: string[], input = ''): Promise<string> {
  const result = await execa(program, args, { input, env: { PATH: searchPath } });
  return result.stdout;
}

/** Runs a program for its effect, where failing is expected: the thing to remove is already gone. */
export async function tryRun(program: string, args: string[], input = ''): Promise<void> {
  await execa(program, args, { input, env: { PATH: searchPath }, reject: false });
}

/** Probes every 20 ms until the answer is true; a probe that throws counts as "not yet". Gives false at the deadline. */
export async function waitUntil(
  probe: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    try {
      if (await probe()) return true;
    } catch {
      // Refused connections and missing sockets are what waiting looks like.
    }
    await sleep(20);
  }
  return false;
}
