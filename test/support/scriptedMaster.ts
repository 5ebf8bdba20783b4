import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BalancerConnection } from '../../src/model/connection.ts';

/** A socket in the place of HAProxy's master, for what a real one does too seldom or too briefly to be met for sure. */
export type ScriptedMaster = {
  readonly connection: BalancerConnection;
  /** The lines it was asked so far. */
  readonly asked: readonly string[];
  readonly stop: () => void;
};

/** Gives one answer after another, whatever it is asked, and the last one for ever. */
export async function startMaster(answers: readonly string[]): Promise<ScriptedMaster> {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-master-'));
  const masterSocket = join(directory, 'master.sock');
  const asked: string[] = [];
  const master = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (line) => {
      asked.push(line.toString().trim());
      socket.end(answers[Math.min(asked.length, answers.length) - 1] ?? '');
    });
  });
  master.listen(masterSocket);
  await once(master, 'listening');
  const files = { config: '/none', linkMap: '/none' };
  const connection = { name: 'lb01', run: [], ...files, masterSocket, program: 'haproxy' };
  const stop = (): void => {
    master.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { connection, asked, stop };
}
