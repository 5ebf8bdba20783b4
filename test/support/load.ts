import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../lab/lab.ts';
import { ask } from './http.ts';

export type Load = {
  /** How many requests were answered, and what went wrong with the others, from the start or the last look. */
  readonly look: () => { readonly answered: number; readonly failed: string[] };
  readonly stop: () => Promise<void>;
};

/** Milliseconds between two requests of one client: enough to notice an interruption of a hundredth of a second. */
const rhythm = 10;

/** Asks an endpoint without a pause, by clients that keep their connection and by clients that open a new one each time. */
export function startLoad(lab: Lab, port: number): Load {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  let [answered, going] = [0, true];
  let failed: string[] = [];
  const client = async (how: http.Agent | false): Promise<void> => {
    while (going) {
      try {
        const { status } = await ask(lab.loadbalancer.address, port, how);
        if (status === 200) answered++;
        else failed.push(`status ${status}`);
      } catch (error) {
        failed.push(`${how ? 'kept' : 'new'} connection: ${(error as Error).message}`);
      }
      await sleep(rhythm);
    }
  };
  const clients = [agent, agent, false, false].map((how) => client(how as http.Agent | false));
  return {
    look: () => {
      const seen = { answered, failed };
      [answered, failed] = [0, []];
      return seen;
    },
    stop: async () => {
      going = false;
      await Promise.all(clients);
      agent.destroy();
    },
  };
}
