import { containersOf, stacksOf } from '../../model/lookup.ts';
import { retainedOf } from '../../model/retention.ts';
import type { Container } from '../../model/state.ts';
import type { OperationSummary, ServiceSummary } from '../../plan/summary.ts';
import type { Kind } from '../kind.ts';
import { shortDigest } from '../planText.ts';
import { noneOfServices, type View } from './view.ts';
import { minuteOf } from '../moments.ts';

/** A version of a service: when it came, who released it, and where it is now. As programs get it. */
export type ReleaseEntry = {
  readonly service: string;
  readonly version: string;
  /** Null where nothing of it is left. */
  readonly digest: string | null;
  /** The positions it stands at now, with the moment since when as far as it is recorded. */
  readonly places: readonly {
    readonly position: number;
    readonly stage: string | null;
    readonly since: string | null;
  }[];
  /** Whether popped containers of it are kept. */
  readonly retained: boolean;
  /** The operation it came with, the last time that it did; null where the journal does not have it, as after an import. */
  readonly operation: number | null;
  readonly releasedAt: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
};

/** A recorded operation, as far as releases are read from it. */
export type RecordedOperation = {
  readonly id: number;
  readonly startedAt: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly summary: OperationSummary | null;
};

/** Versions that were released, the newest first; those that are gone too, as far as the journal knows of them. */
export function releasesKind(view: View, operations: readonly RecordedOperation[]): Kind<ReleaseEntry> {
  const { state } = view;
  return {
    name: 'release',
    none: noneOfServices(view, 'release', "'cmanage release SERVICE -v VERSION...' makes one"),
    rows: releases(view, operations),
    nameOf: ({ service }) => service,
    entry: (release) => release,
    stagesOf: ({ places }) => places.flatMap(({ stage }) => stage ?? []),
    hostsOf: ({ service, places }) =>
      places.length === 0 ? [] : stacksOf(state, service).map(({ host }) => host),
    columns: [
      { name: 'service', heading: 'Service', value: ({ service }) => service },
      { name: 'version', heading: 'Version', value: ({ version }) => version },
      {
        ...{ name: 'place', heading: 'Now at', value: placeText },
        tone: (release) => (release.places.length === 0 ? 'faint' : null),
      },
      {
        ...{ name: 'since', heading: 'There since', rank: 5 },
        value: sinceOf,
        text: (release) => minuteOf(sinceOf(release) ?? ''),
      },
      {
        ...{ name: 'releasedAt', heading: 'Released (UTC)' },
        value: ({ releasedAt }) => releasedAt,
        text: ({ releasedAt }) => minuteOf(releasedAt ?? ''),
      },
      { name: 'actor', heading: 'By', value: ({ actor }) => actor, rank: 4 },
      { name: 'operation', heading: 'Operation', value: ({ operation }) => operation, rank: 6 },
      { name: 'reason', heading: 'Reason', value: ({ reason }) => reason, rank: 7, wraps: 24 },
      {
        ...{ name: 'digest', heading: 'Digest', rank: 8 },
        value: ({ digest }) => digest,
        text: ({ digest }) => shortDigest(digest ?? ''),
      },
    ],
  };
}

/** The stages it is at, and the positions above them; else what is left of it. */
function placeText({ places, retained }: ReleaseEntry): string {
  const texts = places.map(({ stage, position }) => stage ?? `position ${position}`);
  return texts.join(' ') || (retained ? 'retained' : 'gone');
}

/** Since when it is at the lowest of its positions, which is the last one it was promoted to. */
function sinceOf({ places }: ReleaseEntry): string | null {
  return places[0]?.since ?? null;
}

type Coming = Omit<RecordedOperation, 'summary'> & { readonly since: ReadonlyMap<number, string> };

function releases({ state, environment }: View, operations: readonly RecordedOperation[]): ReleaseEntry[] {
  const { stages } = environment.rules;
  const recorded = comings(operations);
  const entryOf = (service: string, version: string, containers: readonly Container[]): ReleaseEntry => {
    const came = recorded.get(service)?.get(version);
    const positions = [...new Set(standing(containers).map(({ position }) => position))].sort(
      (a, b) => a - b,
    );
    return {
      ...{ service, version, digest: containers[0]?.digest ?? null },
      places: positions.map((position) => ({
        ...{ position, stage: stages[position] ?? null, since: came?.since.get(position) ?? null },
      })),
      retained: containers.some((container) => 'warm' in container),
      ...{ operation: came?.id ?? null, releasedAt: came?.startedAt ?? null },
      ...{ actor: came?.actor ?? null, reason: came?.reason ?? null },
    };
  };
  const names = new Set([...state.services.map(({ name }) => name), ...recorded.keys()]);
  const all = [...names].flatMap((service) => {
    const byVersion = new Map<string, Container[]>();
    for (const version of recorded.get(service)?.keys() ?? []) byVersion.set(version, []);
    for (const stack of stacksOf(state, service)) {
      for (const container of [...containersOf(state, stack.name), ...retainedOf(state, stack.name)]) {
        const group = byVersion.get(container.version);
        if (group) group.push(container);
        else byVersion.set(container.version, [container]);
      }
    }
    return [...byVersion].map(([version, containers]) => entryOf(service, version, containers));
  });
  return all.sort((a, b) => (b.operation ?? 0) - (a.operation ?? 0));
}

function standing(containers: readonly Container[]): Container[] {
  return containers.filter((container) => !('warm' in container));
}

/** Which operation each version of each service came with the last time, and since when it is at its positions. */
function comings(operations: readonly RecordedOperation[]): Map<string, Map<string, Coming>> {
  const services = new Map<string, Map<string, Coming>>();
  for (const { summary, ...operation } of operations) {
    for (const { service, changes } of summary ?? []) {
      const versions = services.get(service) ?? new Map<string, Coming>();
      services.set(service, versions);
      for (const change of changes) noteComings(versions, change, operation);
    }
  }
  return services;
}

function noteComings(
  versions: Map<string, Coming>,
  { before, after }: ServiceSummary['changes'][number],
  operation: Omit<Coming, 'since'>,
): void {
  for (const version of new Set(after)) {
    const known = before.includes(version) ? versions.get(version) : undefined;
    const moved = after.flatMap((other, position): [number, string][] =>
      other === version && before[position] !== version ? [[position, operation.startedAt]] : [],
    );
    if (known) versions.set(version, { ...known, since: new Map([...known.since, ...moved]) });
    else if (!before.includes(version)) versions.set(version, { ...operation, since: new Map(moved) });
  }
}
