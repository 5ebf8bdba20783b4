import { matchesPattern } from '../../model/rules.ts';
import type { HistoryEntry } from '../../report/history.ts';

/** Which operations are asked for; what is not given leaves all of them. */
export type HistoryFilter = {
  /** A service, or a pattern of services. */
  readonly service?: string;
  /** Milliseconds since 1970; those that began from then on, and those that began before. */
  readonly since?: number;
  readonly until?: number;
  /** Whoever began it or took it up: the user, or all of what the history has of them. */
  readonly actor?: string;
  readonly status?: string;
};

export function isAskedFor(entry: HistoryEntry, filter: HistoryFilter): boolean {
  const { service, since = -Infinity, until = Infinity, actor, status } = filter;
  const began = Date.parse(entry.startedAt);
  return (
    began >= since &&
    began < until &&
    (status === undefined || entry.status === status) &&
    (service === undefined || isAbout(entry, service)) &&
    (actor === undefined || [entry.actor, entry.finishedBy?.actor].some((who) => isActor(actor, who)))
  );
}

/** Of an operation by an earlier cmanage it is not known what it was about, so that no service is without it. */
function isAbout({ services }: HistoryEntry, pattern: string): boolean {
  return services === null || services.some(({ service }) => matchesPattern(pattern, service));
}

/** `alice@admin01 (sudo bob)` is found by `alice`, by `alice@admin01`, and by `bob`, who is the person behind it. */
function isActor(pattern: string, actor: string | undefined): boolean {
  const match = /^(([^@]*)@[^ ]*)(?: \(sudo (.*)\))?$/.exec(actor ?? '');
  return [actor, ...(match?.slice(1) ?? [])].some(
    (name) => name !== undefined && matchesPattern(pattern, name),
  );
}
