import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';
import {
  kinds,
  type Door,
  type Failure,
  type Kind,
  type KindReport,
  type Pause,
  type Report,
  type WrongStage,
} from './protocol.ts';

/** Counts what happens, and keeps the first of everything that should not. */
export type Tally = {
  readonly during: (what: string) => void;
  readonly connected: () => void;
  readonly uploaded: (bytes: number) => void;
  readonly retried: () => void;
  /** A request has ended with its answer, after so many milliseconds beside those on purpose. */
  readonly answered: (request: Ended, milliseconds: number) => void;
  readonly failed: (request: Ended, what: string) => void;
  readonly judged: (isWhole: boolean) => void;
  readonly wrongStage: (stage: string, chain: string, count: number) => void;
  /** Answers of which was warned that they may be mixed. */
  readonly mixed: (count: number) => void;
  readonly report: () => Report;
};

/** Which request, and on which connection. */
export type Ended = { readonly kind: Kind; readonly door: Door; readonly connection: string };

/** How many failures are told in full. */
const told = 20;
/** How many of the longest pauses. */
const keptPauses = 5;

export function makeTally(): Tally {
  const began = performance.now();
  const seconds = (): number => round((performance.now() - began) / 1000);
  const times = new Map(kinds.map((kind) => [kind, createHistogram()]));
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const count = { connections: 0, uploadedBytes: 0, failed: 0, retried: 0, wrongStage: 0, mixed: 0 };
  const judged = { roots: 0, chains: 0 };
  const failedOf = new Map<Kind, number>();
  const doors: Record<string, number> = {};
  const failures: Failure[] = [];
  const wrongStages: WrongStage[] = [];
  let during = 'before the first';
  const longest: Pause[] = [];
  const ended = ({ door, kind, connection }: Ended): Omit<Failure, 'what'> => {
    return { at: seconds(), during, door: nameOf(door), kind, connection };
  };
  return {
    during: (what) => {
      during = what;
    },
    connected: () => count.connections++,
    uploaded: (bytes) => (count.uploadedBytes += bytes),
    retried: () => count.retried++,
    answered: (request, milliseconds) => {
      times.get(request.kind)?.record(Math.max(1, Math.round(milliseconds * 1000)));
      const name = nameOf(request.door);
      doors[name] = (doors[name] ?? 0) + 1;
      if (milliseconds > (longest[keptPauses - 1]?.milliseconds ?? 0)) {
        longest.push({ ...ended(request), milliseconds: round(milliseconds) });
        longest.sort((one, other) => other.milliseconds - one.milliseconds).splice(keptPauses);
      }
    },
    failed: (request, what) => {
      count.failed++;
      failedOf.set(request.kind, (failedOf.get(request.kind) ?? 0) + 1);
      if (failures.length < told) failures.push({ ...ended(request), what });
    },
    judged: (isWhole) => (isWhole ? judged.chains++ : judged.roots++),
    mixed: (more) => (count.mixed += more),
    wrongStage: (stage, chain, wrong) => {
      count.wrongStage += wrong;
      if (wrongStages.length < told) wrongStages.push({ at: seconds(), during, stage, chain, count: wrong });
    },
    report: () => {
      const reports = kinds.map(
        (kind) => [kind, reportOf(times.get(kind), failedOf.get(kind) ?? 0)] as const,
      );
      const asked = reports.filter(([, { requests }]) => requests > 0);
      return {
        ...{ seconds: seconds(), requests: asked.reduce((sum, [, { requests }]) => sum + requests, 0) },
        ...count,
        ...{ judged: { ...judged }, longest: [...longest], ownLag: round(lag.max / 1e6) },
        ...{ kinds: Object.fromEntries(asked), doors: { ...doors } },
        ...{ failures: [...failures], wrongStages: [...wrongStages] },
      };
    },
  };
}

function reportOf(times: RecordableHistogram | undefined, failed: number): KindReport {
  const milliseconds = (microseconds: number): number => round(microseconds / 1000);
  if (!times || times.count === 0) return { requests: failed, failed, median: 0, p99: 0, longest: 0 };
  return {
    ...{ requests: times.count + failed, failed },
    median: milliseconds(times.percentile(50)),
    p99: milliseconds(times.percentile(99)),
    longest: milliseconds(times.max),
  };
}

/** A door as people name it. */
export function nameOf({ stage, port, authority }: Door): string {
  return `${stage} ${authority === null ? 'http' : 'https'} ${port}`;
}

const round = (value: number): number => Number(value.toFixed(2));
