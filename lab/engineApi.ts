import http from 'node:http';

export type EngineAnswer = { status: number; body: unknown };

/**
 * One call of an engine's API through its unix socket. Written without dockerode on purpose: tests observe the world by
 * other means than the program under test. Rejects when nothing arrives for `timeoutMs`, as from a frozen engine.
 */
export function engineRequest(
  method: string,
  socket: string,
  path: string,
  body?: unknown,
  timeoutMs = 15_000,
): Promise<EngineAnswer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { socketPath: socket, method, path, headers, timeout: timeoutMs, agent: false };
    const request = http.request(options, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (answer += part));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parse(answer) });
      });
    });
    request.on('timeout', () => {
      request.destroy(new Error(`${method} ${path}: no answer from ${socket} within ${timeoutMs} ms`));
    });
    request.on('error', reject);
    request.end(text);
  });
}

/** The JSON value at a path; rejects on any status but 2xx. */
export async function engineGet(socket: string, path: string): Promise<unknown> {
  const { status, body } = await engineRequest('GET', socket, path);
  if (status < 200 || status > 299) throw new Error(`GET ${path}: status ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Plain text ("OK" of /_ping) and streams of several JSON values (a pull's progress) are given as they came. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
