// The baseline: what the engines themselves need. It reads an order (a JSON file), and for every container sends
// create, start and inspect to its engine by mutual TLS; nothing is planned, checked, recorded or waited for, but for
// the health pages of containers whose order names them.
// A plain script without a package, so that its start-up is Node's own.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** @type {{ width: number, tls: { ca: string, cert: string, key: string }, containers: { host: string, port: number, name: string, body: object, probe?: string }[] }} */
const order = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tls = {
  ca: readFileSync(order.tls.ca),
  cert: readFileSync(order.tls.cert),
  key: readFileSync(order.tls.key),
};
const agent = new Agent({ keepAlive: true, ...tls });

function call(method, { host, port }, path, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request({ method, host, port, path, agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (answer += part));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(answer === '' ? null : JSON.parse(answer));
        else reject(new Error(`${method} ${path}: ${statusCode} ${answer}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

async function deploy(container) {
  const { Id } = await call('POST', container, `/containers/create?name=${container.name}`, container.body);
  await call('POST', container, `/containers/${Id}/start`);
  const { State } = await call('GET', container, `/containers/${Id}/json`);
  if (!State.Running) throw new Error(`${container.name} is ${State.Status}`);
  if (container.probe) while (!(await isHealthy(container.probe))) await sleep(20);
}

function isHealthy(url) {
  return new Promise((resolve) => {
    const sent = get(url, { agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
  });
}

const waiting = [...order.containers];
async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await deploy(next);
}
await Promise.all(Array.from({ length: order.width }, work));
agent.destroy();
