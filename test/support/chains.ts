import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainOfAnswer, type ApiAnswer } from '../traffic/chain.ts';

/** Chains of answers, as `webapp v0.2 > training v1 > ledger v3`: who answered a request, and whom that one called. */

export type ChainAnswer = { readonly chain: string; readonly container: string };

/** One request that answers with its chain; `/slow?ms=N&chain=1` calls its links only after that time. */
export function askChain(
  address: string,
  port: number,
  path = '/api',
  agent: http.Agent | false = false,
): Promise<ChainAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: address, port, path, agent, timeout: 40_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        const container = String(response.headers['x-container'] ?? '');
        resolve({ chain: chainIn(response.statusCode ?? 0, text), container });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 40 s')));
    request.on('error', reject);
  });
}

function chainIn(status: number, text: string): string {
  return status === 200 ? chainOfAnswer(JSON.parse(text) as ApiAnswer) : `status ${status}`;
}

/** What was asked at a port: when the request was sent, what came back, or what went wrong. */
export type Asked = { readonly port: number; readonly sent: number; readonly chain: string };

export type ChainLoad = {
  /** Everything that was answered since the last look. */
  readonly look: () => readonly Asked[];
  readonly stop: () => Promise<void>;
};

/** Asks each port for its chain without a pause, on kept connections and on new ones, and sometimes slowly. */
export function startChainLoad(address: string, ports: readonly number[]): ChainLoad {
  const agents = ports.map(() => new http.Agent({ keepAlive: true, maxSockets: 4 }));
  let going = true;
  let seen: Asked[] = [];
  const client = async (port: number, path: string, how: http.Agent | false): Promise<void> => {
    while (going) {
      const sent = performance.now();
      const chain = await askChain(address, port, path, how).then(
        (answer) => answer.chain,
        (error: unknown) => `failed: ${(error as Error).message}`,
      );
      seen.push({ port, sent, chain });
      await sleep(10);
    }
  };
  const slow = '/slow?ms=400&chain=1';
  const clients = ports.flatMap((port, index) => {
    const kept = agents[index] ?? false;
    return [
      client(port, '/api', kept),
      client(port, '/api', false),
      client(port, slow, kept),
      client(port, slow, false),
    ];
  });
  return {
    look: () => {
      const answers = seen;
      seen = [];
      return answers;
    },
    stop: async () => {
      going = false;
      await Promise.all(clients);
      for (const agent of agents) agent.destroy();
    },
  };
}

/** The answers that were none of the chains allowed at their port, each text once: `PORT CHAIN (how often)`. */
export function strangers(
  asked: readonly Asked[],
  allowed: Readonly<Record<number, readonly string[]>>,
): string[] {
  const counts = new Map<string, number>();
  for (const { port, chain } of asked) {
    if (allowed[port]?.includes(chain)) continue;
    const text = `${port} ${chain}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} (${count})`);
}
