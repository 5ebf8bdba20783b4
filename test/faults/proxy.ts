import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Where a call is cut: after so many bytes of its request or of its answer; after 0 of that, before it has come. */
export type Break = {
  readonly call: string;
  readonly direction: 'request' | 'answer';
  readonly bytes: number;
};

/** A call that went through: its name, and the bytes each way. */
export type Call = { readonly name: string; request: number; answer: number };

export type EngineProxy = {
  /** Forgets the calls so far, and cuts the one of this name when it comes; null lets all pass. */
  readonly arm: (where: Break | null) => void;
  readonly calls: () => readonly Call[];
  /** Whether the call that was to be cut has been. */
  readonly hasCut: () => boolean;
  readonly stop: () => Promise<void>;
};

/**
 * Stands between cmanage and an engine's socket and passes on every byte, until a call is to be cut: what came until then has
 * arrived, the rest never does, and both sides lose the connection. Each call has a connection of its own, and a name that
 * is the same in the next run: `POST /containers/create?name=web0-stack-app #1` is the first of its kind.
 */
export async function startEngineProxy(path: string, target: string): Promise<EngineProxy> {
  let where: Break | null = null;
  let isCut = false;
  let calls: Call[] = [];
  rmSync(path, { force: true });
  const server = createServer((request) => {
    void whole(request).then((bytes) => {
      const kind = kindOf(request);
      const nth = calls.filter(({ name }) => name.startsWith(`${kind} #`)).length + 1;
      const call = { name: `${kind} #${nth}`, request: bytes.length, answer: 0 };
      calls.push(call);
      const cut = where?.call === call.name ? where : null;
      if (cut) isCut = true;
      relay(request.socket, target, bytes, call, cut);
    });
  });
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    arm: (next) => {
      [where, isCut, calls] = [next, false, []];
    },
    calls: () => calls,
    hasCut: () => isCut,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Sends a request on, byte by byte as it is, and whatever comes back. */
function relay(client: Socket, target: string, bytes: Buffer, call: Call, cut: Break | null): void {
  const upstream = connect(target);
  const breakOff = (): void => {
    upstream.destroy();
    client.destroy();
  };
  const limit = (direction: Break['direction']): number =>
    cut?.direction === direction ? cut.bytes : Infinity;
  upstream.on('error', breakOff);
  client.on('error', breakOff);
  const sent = bytes.subarray(0, limit('request'));
  upstream.write(sent, () => {
    if (sent.length < bytes.length) breakOff();
    // The engine is still at it when the connection is lost.
    if (limit('answer') === 0) client.destroy();
  });
  upstream.on('data', (part) => {
    const left = limit('answer') - call.answer;
    call.answer += part.length;
    if (part.length <= left) client.write(part);
    else client.write(part.subarray(0, Math.max(0, left)), breakOff);
  });
  upstream.on('end', () => client.end());
}

/** A request as it goes over the wire, for a connection that ends with its answer. */
async function whole(request: IncomingMessage): Promise<Buffer> {
  const body: Buffer[] = [];
  for await (const part of request) body.push(part as Buffer);
  const { method = '', url = '', headers } = request;
  const content = Buffer.concat(body);
  const own = { 'content-length': String(content.length), connection: 'close' };
  const lines = Object.entries({ ...headers, ...own }).filter(([name]) => name !== 'transfer-encoding');
  const head = lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${url} HTTP/1.1\r\n${head}\r\n`), content]);
}

/** Method and path, without what differs from run to run: a container's number or id, a digest. */
function kindOf({ method = '', url = '' }: IncomingMessage): string {
  const path = decodeURIComponent(url.replace(/^\/v[\d.]+/, ''));
  return `${method} ${path}`
    .replace(/stack\d+-app\d+/g, 'stack-app')
    .replace(/[0-9a-f]{64}/g, 'ID')
    .replace(/\?(?!name=).*/, '');
}
