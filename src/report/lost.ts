import { oneLine } from './printable.ts';
import { momentOf } from './moments.ts';

/** An operation that a restored database knows nothing of, or not how it ended. */
export type LostOperation = {
  readonly id: number;
  readonly startedAt: string;
  readonly actor: string;
  readonly command: string;
};

/** What a restore did, or would do. */
export type Restoring = {
  readonly file: string;
  readonly database: string;
  readonly revision: number;
  readonly restored: boolean;
  /** Where the database is that was replaced. */
  readonly replaced: string | null;
  /** Whether the restored one is of an older cmanage. */
  readonly isOutdated: boolean;
  /** Null where the database that is replaced cannot tell. */
  readonly lost: readonly LostOperation[] | null;
  /** Why it cannot. */
  readonly unreadable: string | null;
};

/** How a restore is told, with what to type next. */
export function lostText(restoring: Restoring, kept: readonly LostOperation[]): string {
  const { file, database, revision, restored, replaced, isOutdated } = restoring;
  const head = restored
    ? `${database} is what ${file} says: revision ${revision}`
    : `${file} is sound: ${database} would be at revision ${revision}`;
  return [
    head,
    ...(replaced === null ? [] : [`the one that was there is ${replaced}`]),
    ...lossLines(restoring, kept),
    ...(isOutdated ? [`it is of an older cmanage: bring it up to date by 'cmanage init'`] : []),
    ...(restored ? [`Now compare it with the hosts: 'cmanage show operations', then 'cmanage verify'.`] : []),
  ].join('\n');
}

function lossLines({ lost, unreadable }: Restoring, kept: readonly LostOperation[]): string[] {
  if (lost?.length === 0) return ['nothing was done since it was made'];
  if (lost) {
    const lines = lost.map(
      ({ id, startedAt, actor, command }) => `  ${id}  ${startedAt}  ${oneLine(actor)}  ${oneLine(command)}`,
    );
    return ['what was done since is known to the hosts alone:', ...lines];
  }
  const last = kept.at(-1);
  const since = last ? `operation ${last.id} at ${momentOf(last.startedAt)}` : 'it was made';
  const why =
    unreadable === null ? 'there was no database' : `the present one cannot be read (${unreadable})`;
  return [`${why}: what was done since ${since} is known to the hosts alone`];
}
