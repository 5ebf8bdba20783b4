import { execa } from 'execa';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../lab/project.ts';
import { guards, type Guard } from './guards.ts';

/**
 * `npm run simulate:spoiled`: takes each guard out of a copy of cmanage, and plays schedules until one ends wrong. Ends with 1 where
 * none does, because then the simulation would not see that the guard is missing.
 */
const { values } = parseArgs({
  options: {
    /** Only these guards. */
    guard: { type: 'string', multiple: true },
    /** How many schedules may pass before it counts as unseen. */
    schedules: { type: 'string', default: '20000' },
  },
});

function buildWithout({ cuts }: Guard, dir: string): void {
  const root = projectRoot();
  for (const part of ['src', 'scripts', 'test', 'package.json'])
    cpSync(join(root, part), join(dir, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const { file, from, to } of cuts) {
    const path = join(dir, file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(from, () => to),
    );
  }
}

async function play(guard: Guard): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-spoiled-'));
  try {
    buildWithout(guard, dir);
    await execa(process.execPath, ['scripts/build.mjs', '--quiet', '--only', 'dist/simulation'], {
      cwd: dir,
    });
    const { stdout, exitCode } = await execa(
      process.execPath,
      [join(dir, 'dist/simulation/main.js'), '--schedules', values.schedules],
      { reject: false },
    );
    const lines = stdout.split('\n');
    const wrong = lines.find((line) => line.startsWith('  WRONG'))?.trim() ?? stdout.slice(-300);
    const seed = /^seed (\d+)/m.exec(stdout)?.[1];
    console.log(
      `${exitCode === 1 ? `seen, schedule ${Number(seed) + 1}` : 'NOT SEEN'}  ${guard.name}: ${guard.what}\n    ${wrong.slice(0, 160)}`,
    );
    return exitCode === 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

let isSeen = true;
for (const guard of guards.filter(({ name }) => values.guard?.includes(name) ?? true)) {
  isSeen = (await play(guard)) && isSeen;
}
if (!isSeen) process.exitCode = 1;
