import type { Failure, Pause, Report, WrongStage } from './generator/protocol.ts';
import type { Result } from './run.ts';

/** A run in words, for people. */
export function summaryOf({ done, operations, refused, broken, spread, report, stopped }: Result): string {
  const kinds = Object.entries(done).map(([kind, count]) => `${count} ${kind}`);
  const { requests, seconds, connections, uploadedBytes, failed, retried, judged, longest } = report;
  return [
    `operations      ${operations} (${kinds.join(', ')}), ${refused} refused by a rule`,
    `requests        ${requests} in ${Math.round(seconds)} s, ${Math.round(requests / seconds)} a second`,
    `connections     ${connections}; ${Math.round(uploadedBytes / 1e6)} MB uploaded`,
    `failed          ${failed}; ${retried} retried`,
    `wrong stage     ${report.wrongStage} of ${judged.chains} whole chains and ${judged.roots} first services; ${report.mixed} mixed as warned`,
    `by weight       ${spread.complete} of ${spread.watched} times all versions answered; shares at most ${spread.farthest.toFixed(1)} points off`,
    ...longest.map(pauseLine),
    `                (the generator itself was once kept waiting for ${Math.round(report.ownLag)} ms)`,
    ...Object.entries(report.kinds).map(
      ([kind, { requests: count, median, p99, longest }]) =>
        `  ${kind.padEnd(12)}  ${String(count).padStart(8)}  median ${median} ms, p99 ${p99} ms, longest ${longest} ms`,
    ),
    ...losses(report),
    ...broken.map((line) => `BROKEN  ${line}`),
    ...(stopped === null ? [] : [`STOPPED ${stopped}`]),
  ].join('\n');
}

function pauseLine({ milliseconds, kind, door, connection, during, at }: Pause, place: number): string {
  const title = place === 0 ? 'longest pauses' : '';
  const where = `${kind} at ${door} (${connection}), at ${at} s, ${during}`;
  return `${title.padEnd(14)}  ${String(Math.round(milliseconds)).padStart(5)} ms: ${where}`;
}

/** The first failures and wrong stages, a line each. */
export function losses({ failures, wrongStages }: Report): string[] {
  const failure = ({ at, door, kind, connection, what, during }: Failure): string =>
    `FAILED  at ${at} s, ${during}: ${kind} at ${door} (${connection}): ${what}`;
  const wrong = ({ at, stage, chain, count, during }: WrongStage): string =>
    `WRONG   at ${at} s, ${during}: ${stage} answered ${count} times by ${chain}`;
  return [...failures.map(failure), ...wrongStages.map(wrong)];
}

/** Whether not one request was lost or answered by the wrong stage, and every operation did what it said. */
export function isPerfect({ broken, report, stopped }: Result): boolean {
  return stopped === null && broken.length + report.failed + report.wrongStage + report.retried === 0;
}
