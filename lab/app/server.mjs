// The lab's sample service: what a small web application in production looks like to a load balancer (keep-alive,
// a health page, a graceful end), and an answer that tells which version and which container gave it.
import http from 'node:http';
import os from 'node:os';
import { crc32 } from 'node:zlib';

const {
  SERVICE = 'webapp',
  VERSION = 'unknown',
  PORT = '80',
  UNHEALTHY,
  EXIT_AT_START,
  FAIL_SHARE = '0',
  GRACE_MS = '5000',
} = process.env;
const container = os.hostname();

if (EXIT_AT_START) {
  console.error(`${SERVICE} ${VERSION}: cannot start: the configuration is missing`);
  process.exit(Number(EXIT_AT_START));
}

/** Linked services by name, from CMANAGE_LINK_<CHILD>_URL: CMANAGE_LINK_USER_DB_URL gives `user-db`. */
const links = Object.entries(process.env).flatMap(([key, url]) => {
  const child = /^CMANAGE_LINK_(.+)_URL$/.exec(key)?.[1];
  return child ? [[child.toLowerCase().replaceAll('_', '-'), url]] : [];
});
// Idle connections are closed by this side, before a load balancer does it after 10 s or more: a request that is sent at
// the moment the other side closes is lost.
const agent = new http.Agent({ keepAlive: true, timeout: 4000 });

/** The answer of a link's /api, or {"error"}: a link that is down must not take this service down with it. */
function askLink(url) {
  return new Promise((resolve) => {
    let request;
    const failed = (error) => resolve({ error: `${error.message} on ${connectionOf(request)}` });
    try {
      request = http.get(new URL('/api', url), { agent, timeout: 5000 }, (response) => {
        let text = '';
        const { socket } = response;
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.on('error', failed);
        response.on('end', () => {
          socket.usedAt = performance.now();
          resolve(linkAnswer(response.statusCode, text));
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
      request.on('error', failed);
    } catch (error) {
      failed(error);
    }
  });
}

/** Whether a request was the first of its connection, or how long that had been idle: a closed one tells why by that. */
function connectionOf(request) {
  if (!request?.reusedSocket) return 'a new connection';
  return `a connection idle for ${Math.round(performance.now() - request.socket.usedAt)} ms`;
}

/** A link that answers anything but its versions is an error that whoever asked this service gets to see. */
function linkAnswer(status, text) {
  if (status !== 200) return { error: `status ${status}` };
  try {
    return JSON.parse(text);
  } catch {
    return { error: 'not JSON' };
  }
}

async function api() {
  const answers = await Promise.all(links.map(async ([name, url]) => [name, await askLink(url)]));
  return { service: SERVICE, version: VERSION, container, links: Object.fromEntries(answers) };
}

/** What arrived of a body, so that the sender can tell whether all of it did: `LENGTH CRC32`. */
async function received(request) {
  let [length, check] = [0, 0];
  for await (const part of request) {
    length += part.length;
    check = crc32(part, check);
  }
  return `${length} ${check.toString(16).padStart(8, '0')}\n`;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes `text`, repeated by `long`, on `stream`, `times` times, so that a test knows what the log has. */
function log(query) {
  const write = query.get('stream') === 'stderr' ? console.error : console.log;
  const line = query.get('text').repeat(Number(query.get('long') ?? 1));
  for (let times = Number(query.get('times') ?? 1); times > 0; times--) write(line);
}

let asked = 0;

/** Whether this request is one of the FAIL_SHARE that fail; they come evenly, so that counting is exact. */
function fails(path) {
  if (path === '/health') return false;
  const failed = Math.floor(asked++ * Number(FAIL_SHARE));
  return Math.floor(asked * Number(FAIL_SHARE)) > failed;
}

/** Gives [status, body]; a body that is not a string is sent as JSON. */
async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
  if (fails(url.pathname)) return [500, 'fails on purpose\n'];
  switch (url.pathname) {
    case '/':
      return [200, `Service ${SERVICE}. Version ${VERSION}\n`];
    case '/api':
      return [200, await api()];
    case '/health':
      return UNHEALTHY === '1' ? [500, 'unhealthy\n'] : [200, 'ok\n'];
    case '/slow':
      await sleep(Number(url.searchParams.get('ms') ?? 1000));
      // Its links are asked after the delay: a request that began before a change must still end on the old ones.
      return [200, url.searchParams.get('chain') === '1' ? await api() : 'slow\n'];
    case '/log':
      log(url.searchParams);
      return [200, 'logged\n'];
    case '/upload':
      return request.method === 'POST' ? [200, await received(request)] : [405, 'POST only\n'];
    default:
      return [404, 'not found\n'];
  }
}

let stopping = false;

function send(response, status, body) {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-container': container,
    'x-service': SERVICE,
    'x-version': VERSION,
    ...(stopping ? { connection: 'close' } : {}),
  });
  response.end(text);
}

const server = http.createServer((request, response) => {
  answer(request).then(
    ([status, body]) => send(response, status, body),
    () => response.destroy(), // The client broke off in the middle of its own request.
  );
});
server.keepAliveTimeout = 65_000; // Longer than a load balancer's, so that it is never this side that closes first.
server.listen(Number(PORT), '0.0.0.0', () => console.log(`${SERVICE} ${VERSION} listens on port ${PORT}`));

/** Needed explicitly: process 1 of a container gets no default action for signals, and would be killed after 10 s. */
function stop() {
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // A connection whose last answer was already on its way when the signal came stays open after it.
  setInterval(() => server.closeIdleConnections(), 50);
  setTimeout(() => process.exit(0), Number(GRACE_MS));
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
