import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeRegistry = { readonly address: string; readonly close: () => void };

/** A registry whose every answer is decided by a test; `address` is where it listens, and the port is any free one. */
export async function startFakeRegistry(
  address: string,
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<FakeRegistry> {
  const server = http.createServer(answer).listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `${address}:${port}`, close };
}

/** Hands a request on to a real registry and its answer back. */
export function passOn(to: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const [host = '', port = ''] = to.split(':');
  const { method, url, headers } = request;
  const onward = http.request(
    { host, port, method, path: url, headers: { ...headers, host: to } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
