import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../lab/project.ts';
import type { Allowed, Answers, Load, Order, Report, Said } from './generator/protocol.ts';

/** The generator as its own process, which goes on asking while this one does something else. */
export type Traffic = {
  /** From now on, chains that were not allowed before may be what the operation leads to. */
  readonly begin: (what: string) => Promise<void>;
  /** The operation has ended: what begins from now on must be answered by what it led to. */
  readonly done: () => Promise<void>;
  /** It led to these chains. */
  readonly end: (allowed: Allowed, mixing: readonly string[]) => Promise<void>;
  /** Who answered the requests that began after it had ended. */
  readonly answers: () => Promise<Answers>;
  readonly report: () => Promise<Report>;
  /** Lets the requests under way end, and the process too. */
  readonly stop: () => Promise<Report>;
  /** Ends the process at once, where nobody is interested any more. */
  readonly kill: () => void;
};

/** The mix that everything is tested with: what a front door of a small company sees, with more of what is easily lost. */
export const usualLoad: Omit<Load, 'doors'> = {
  clients: 64,
  kept: 0.75,
  lazy: [0.25, 1500],
  rate: null,
  mix: { page: 88, api: 5, upload: 5, slowUpload: 0.4, slow: 1, slowApi: 0.6 },
  slow: [50, 800],
  patience: 10_000,
  retries: false,
  seed: 1,
};

export async function startTraffic(load: Load, allowed: Allowed): Promise<Traffic> {
  const program = join(projectRoot(), 'dist/traffic/generator/main.js');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A program that is gone says so by the end of its lines.
  child.stdin.on('error', () => undefined);
  const tell = async (order: Order): Promise<Said> => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const line = await lines.next();
    if (line.done) throw new Error(`the load generator ended by itself: ${(await ended).join(' ')}`);
    return JSON.parse(line.value) as Said;
  };
  const tellForReport = async (order: Order): Promise<Report> => {
    const said = await tell(order);
    if ('report' in said) return said.report;
    throw new Error(`the load generator says ${said.said}, and no report`);
  };
  await tell({ do: 'start', load, allowed });
  return {
    begin: async (what) => {
      await tell({ do: 'begin', what });
    },
    done: async () => {
      await tell({ do: 'done' });
    },
    end: async (chains, mixing) => {
      await tell({ do: 'end', allowed: chains, mixing });
    },
    answers: async () => {
      const said = await tell({ do: 'answers' });
      if ('answers' in said) return said.answers;
      throw new Error(`the load generator says ${said.said}, and not who answered`);
    },
    report: () => tellForReport({ do: 'report' }),
    stop: async () => {
      const report = await tellForReport({ do: 'stop' });
      await ended;
      return report;
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
