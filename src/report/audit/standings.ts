import { stackName } from '../../model/names.ts';
import type { ServiceSummary } from '../../plan/summary.ts';
import type { HistoryEntry } from '../history.ts';

/** How the versions of a service came to stand where they do, as far as the journal tells. */
export type Standing = {
  /** By position: the version, and the operation that brought it there; null where it was there before the journal. */
  readonly places: readonly { readonly version: string; readonly since: HistoryEntry | null }[];
  /** The operation with which each version first came on the stacks. */
  readonly released: ReadonlyMap<string, HistoryEntry>;
  /** The last operation that changed the versions. */
  readonly last: HistoryEntry;
};

/** Goes once through the operations that changed the state, the oldest first. */
export function standingsOf(recorded: readonly HistoryEntry[]): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const entry of recorded) {
    for (const summary of entry.services ?? []) {
      const { service } = summary;
      const standing = isNew(summary) ? undefined : standings.get(service);
      const next = nextStanding(standing, summary, entry);
      if (next) standings.set(service, next);
    }
  }
  return standings;
}

/** Numbers of stacks never go back, so that a first one which comes is that of a new service, though there was one of its name. */
function isNew({ service, changes }: ServiceSummary): boolean {
  const first = stackName(service, 1);
  return changes.some(({ stacks, before }) => before.length === 0 && stacks.includes(first));
}

/** Stacks are twins, and one speaks for all; of a stack that comes or goes while others stay, nothing is to be told. */
function nextStanding(
  standing: Standing | undefined,
  { changes }: ServiceSummary,
  entry: HistoryEntry,
): Standing | undefined {
  const after = changes.find((change) => change.after.length > 0)?.after;
  if (!after) return standing;
  const changed = changes.find((change) => change.before.length > 0)?.before;
  const before = changed ?? standing?.places.map(({ version }) => version) ?? [];
  const places = after.map((version, position) => {
    if (before[position] !== version) return { version, since: entry };
    const known = standing?.places[position];
    return known?.version === version ? known : { version, since: null };
  });
  const released = new Map(standing?.released);
  for (const version of after) {
    if (!released.has(version) && !before.includes(version)) released.set(version, entry);
  }
  return { places, released, last: entry };
}
