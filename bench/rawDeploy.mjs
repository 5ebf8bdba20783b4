// The baseline: what the engines themselves need. It reads an order (a JSON file), and for every container sends
// create, start and inspect to its engine by mutual TLS; nothing is planned, checked, recorded or waited for.
// A plain script without a package, so that its start-up is Node's own.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** @type {{ width: number, tls: { ca: string, cert: string, key: string }, containers: { host: string, port: number, name: string, body: object }[] }} */
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
}

const waiting = [...order.containers];
async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await deploy(next);
}
await Promise.all(Array.from({ length: order.width }, work));
agent.destroy();
