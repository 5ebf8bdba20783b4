import type { Violation } from '../model/violation.ts';
import { violationLine } from './preview.ts';
import { oneLine } from './printable.ts';

/** A recorded change that other rules would have refused. */
export type Refused = {
  readonly id: number;
  readonly revision: number;
  readonly command: string;
  readonly actor: string;
  readonly startedAt: string;
  readonly violations: readonly Violation[];
};

/** The answer of `cmanage rules replay` as programs get it (docs/json.md). */
export type Replay = {
  /** The file with the rules that were tried. */
  readonly rules: string;
  /** How many recorded changes were judged, and the revision of the state before the first of them. */
  readonly changes: number;
  readonly since: number;
  /** Why nothing before that could be judged; null where it could, or was not asked for. */
  readonly gap: string | null;
  /** The oldest first. */
  readonly refused: readonly Refused[];
};

export function replayText({ changes, since, gap, refused }: Replay): string {
  const begins = since > 0 ? ` since revision ${since}` : '';
  const judged = `${changes} recorded change${changes === 1 ? '' : 's'}${begins}`;
  const end = gap === null ? [] : [`Nothing before that was judged: ${gap}.`];
  if (refused.length === 0) return [`${judged}: these rules would have refused none.`, ...end].join('\n');
  const blocks = refused.map(({ id, startedAt, actor, command, violations }) => {
    const when = startedAt.slice(0, 19).replace('T', ' ');
    const lines = violations.map((violation) => `  ${violationLine(violation)}`);
    return [`${id}  ${when}  ${actor}  ${command}`, ...lines].map(oneLine).join('\n');
  });
  const codes = refused.flatMap(({ violations }) => [...new Set(violations.map(({ code }) => code))]);
  const counts = [...new Set(codes)].map(
    (code) => `${code} ${codes.filter((other) => other === code).length}`,
  );
  const sum = `${judged}: these rules would have refused ${refused.length} (${counts.join(', ')}).`;
  return [...blocks, [sum, ...end].join('\n')].join('\n\n');
}
