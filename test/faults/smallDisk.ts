import { execa } from 'execa';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A directory that is on a small disk of its own for a while, which can be filled. */
export type SmallDisk = {
  /** The shell command that fills it to the last byte. */
  readonly fill: string;
  readonly empty: () => Promise<void>;
};

/** Bytes it has beside what is in it at first: enough for an operation, and filled at once. */
const room = 2_000_000;

/** Puts what is in a directory on a small disk that is mounted there, for as long as it is used; afterwards it is there again. */
export async function onSmallDisk<T>(directory: string, use: (disk: SmallDisk) => Promise<T>): Promise<T> {
  const [aside, ballast] = [`${directory}.aside`, join(directory, 'ballast')];
  const held = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  await execa('cp', ['-a', directory, aside]);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${held * 2 + room}`, 'tmpfs', directory]);
  try {
    await execa('cp', ['-a', `${aside}/.`, directory]);
    return await use({
      // It ends with an error when the disk is full, as it is meant to.
      fill: `dd if=/dev/zero of='${ballast}' bs=4k; true`,
      empty: () => {
        rmSync(ballast, { force: true });
        return Promise.resolve();
      },
    });
  } finally {
    rmSync(ballast, { force: true });
    await execa('rm', ['-rf', aside]);
    await execa('cp', ['-a', directory, aside]);
    await execa('umount', ['-l', directory]);
    await execa('cp', ['-a', `${aside}/.`, directory]);
    await execa('rm', ['-rf', aside]);
  }
}
