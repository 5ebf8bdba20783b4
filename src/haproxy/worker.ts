import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { parseProcesses } from './processes.ts';
import { parseGeneration } from './runtimeAnswers.ts';
import { askMaster } from './shell.ts';

/** How the running worker is asked, through the master's socket. */

/** How long a master that re-executes itself is waited out, in milliseconds; far longer than it takes. */
const patience = 5_000;

/**
 * Runs commands one after another in the current worker and gives all they answered, which is text without a status:
 * an error is told only by its words. The last command is always one that answers something, so that an answer that was
 * cut off or never given, as it happens during a reload, is noticed and asked for again; every command given here must
 * bear being given twice.
 */
export async function askWorker(
  balancer: BalancerConnection,
  doing: string,
  ...commands: string[]
): Promise<string> {
  const line = ['@1', ...commands, 'show env CMANAGE_GENERATION'].join('; ');
  return askPatiently(balancer, doing, line, (answer) => parseGeneration(answer) !== undefined);
}

/** The workers of earlier configurations that still finish their requests. */
export async function oldWorkersOf(balancer: BalancerConnection, doing: string): Promise<readonly number[]> {
  const isWhole = (answer: string): boolean => /^\d+\s+master\s/m.test(answer);
  const answer = await askPatiently(balancer, doing, 'show proc', isWhole);
  return parseProcesses(balancer.name, answer).oldWorkers;
}

async function askPatiently(
  balancer: BalancerConnection,
  doing: string,
  line: string,
  isWhole: (answer: string) => boolean,
): Promise<string> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      const answer = await askMaster(balancer, line);
      if (isWhole(answer)) return answer;
      if (performance.now() > deadline) {
        const said = answer.trim() === '' ? 'nothing' : `only '${answer.trim().slice(0, 200)}'`;
        throw new HostError(
          balancer.name,
          doing,
          `HAProxy's master answers ${said} within ${patience / 1000} s; does its worker run?`,
        );
      }
    } catch (error) {
      const reloading = error instanceof Error && error.message.includes('(Connection refused)');
      if (!reloading || performance.now() > deadline) throw error;
    }
    await sleep(50);
  }
}

/** A word of a command; what could end the word or the command is a bug here. */
export function word(text: string): string {
  if (!/^[\w./:@-]+$/.test(text))
    throw new Error(`not fit for HAProxy's runtime API: ${JSON.stringify(text)}`);
  return text;
}
