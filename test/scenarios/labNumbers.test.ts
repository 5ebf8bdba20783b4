import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtimeOf } from '../../lab/record.ts';
import { waitUntil } from '../../lab/run.ts';
import { down } from '../../lab/lab.ts';
import { finishBuilding, reserveNumber } from '../../lab/reservation.ts';
import { describeLab } from '../support/describeLab.ts';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'cmanage-number-'));

/** A lab of which only its number and many files are left, so that clearing it takes a while. */
async function largeRemains(): Promise<{ dir: string; number: number }> {
  const dir = newDir();
  for (let at = 0; at < 40; at++) {
    const images = join(dir, 'hosts', String(at));
    mkdirSync(images, { recursive: true });
    for (let file = 0; file < 500; file++) writeFileSync(join(images, String(file)), '');
  }
  const number = await reserveNumber(dir);
  finishBuilding(number, dir);
  return { dir, number };
}

describeLab(
  'numbers of labs',
  () => {
    it('a lab that is taken down keeps its number to the end, and takes nothing of the next one away', async () => {
      const old = await largeRemains();
      const removal = spawn(process.execPath, ['dist/lab/main.js', 'down', '--dir', old.dir]);
      const removed = once(removal, 'exit');
      await waitUntil(() => !existsSync(join(old.dir, 'hosts', '0')), 20_000);
      const dir = newDir();
      const number = await reserveNumber(dir);
      const kept = join(runtimeOf(number), 'socket');
      writeFileSync(kept, '');
      expect(await removed).toEqual([0, null]);
      expect(existsSync(kept)).toBe(true);
      expect(existsSync(old.dir)).toBe(false);
      await down(dir);
      expect(existsSync(runtimeOf(number))).toBe(false);
    });
  },
  { hosts: 1 },
);
