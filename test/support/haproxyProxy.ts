import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of a command: `garbage` and `nothing` never reach HAProxy, `unheard` does and its answer is lost. */
export type Treatment = 'pass' | 'garbage' | 'nothing' | 'unheard';

export type SocketProxy = {
  /** Decides what becomes of each command line from now on. */
  treat: (decide: (command: string) => Treatment) => void;
  stop: () => Promise<void>;
};

/** Stands between cmanage and a socket of HAProxy, and lets pass, loses or garbles what it is told to. */
export async function startSocketProxy(path: string, target: string): Promise<SocketProxy> {
  let decide: (command: string) => Treatment = () => 'pass';
  rmSync(path, { force: true });
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    let command = '';
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.setEncoding('utf8');
    client.on('error', () => undefined);
    client.on('data', (part: string) => (command += part));
    client.on('end', () => {
      const treatment = decide(command);
      if (treatment === 'nothing') return;
      if (treatment === 'garbage') {
        client.end('\u0000\u0007# 7 pxname,\n1\n# be_id nonsense\n\n\ufffd');
        return;
      }
      const upstream = connect(target);
      upstream.on('error', () => client.destroy());
      upstream.end(command);
      if (treatment === 'pass') upstream.pipe(client);
      else {
        upstream.resume();
        upstream.on('end', () => client.end());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    treat: (next) => {
      decide = next;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const client of clients) client.destroy();
        server.close(() => {
          rmSync(path, { force: true });
          resolve();
        });
      }),
  };
}
