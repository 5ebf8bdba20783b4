import { containersOf, stacksOf } from '../../model/lookup.ts';
import { cardsOf } from '../graph/cards.ts';
import { serviceText, type HistoryEntry } from '../history.ts';
import { secondsBetween } from '../operations.ts';
import { byName, recordedOf, type Material } from './material.ts';
import { columns, numbers, times, type Cell, type Figure, type Report, type Section } from './report.ts';
import { standingsOf, type Standing } from './standings.ts';
import { commandText } from '../kinds/history.ts';
import { minuteOf } from '../moments.ts';

const day = 86_400;

/** Which version stands at which stage since when, and every operation that led there. */
export function releasesReport(material: Material): Report {
  const { state, environment, subject, history } = material;
  const standings = standingsOf(recordedOf(history));
  return {
    kind: 'releases',
    title: 'Releases',
    about:
      'Which version of each service is at which stage since when, who brought it there, and everything that was tried.',
    subject,
    figures: figuresOf(material, standings),
    cards: cardsOf(state),
    stages: environment.rules.stages,
    sections: [versionsSection(material, standings), operationsSection(history)],
  };
}

function figuresOf(
  { history, subject, state, environment }: Material,
  standings: ReadonlyMap<string, Standing>,
): Figure[] {
  const recent = history.filter(
    ({ startedAt }) => (secondsBetween(startedAt, subject.moment) ?? 0) <= 30 * day,
  );
  const failed = recent.filter(({ status }) => status === 'undone' || status === 'unfinished');
  const waits = state.services.flatMap(({ name }) => daysInTest(standings.get(name)) ?? []);
  const median = waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)];
  return [
    { label: 'services', value: String(state.services.length) },
    { label: 'operations in 30 days', value: String(recent.length) },
    {
      label: 'of these failed',
      value: String(failed.length),
      ...(failed.length > 0 ? { tone: 'warn' as const } : {}),
    },
    {
      label: `days from release to ${environment.rules.stages[0] ?? 'position 0'}, median`,
      value: median === undefined ? '-' : median.toFixed(1),
    },
  ];
}

/** Days from the release of the version at position 0 until it came there; null where the journal does not say. */
function daysInTest(standing: Standing | undefined): number | null {
  const [first] = standing?.places ?? [];
  const released = first && standing?.released.get(first.version);
  const seconds = first?.since && released ? secondsBetween(released.startedAt, first.since.startedAt) : null;
  return seconds === null ? null : seconds / day;
}

function versionsSection(
  { state, environment }: Material,
  standings: ReadonlyMap<string, Standing>,
): Section {
  const { stages } = environment.rules;
  const [first = ''] = stages;
  return {
    id: 'versions',
    title: 'Versions by stage',
    note: `A dash under "since" means that the journal does not go back so far. "Days in test" is the time from the release of what is at ${first} until it came there.`,
    columns: [
      ...columns('Service'),
      ...stages.flatMap((stage) => [...columns(stage), ...times(`${stage} since`)]),
      ...columns('Above', 'Last by'),
      ...numbers('Days in test'),
    ],
    rows: byName(state.services).map(({ name }): Cell[] => {
      const [stack] = stacksOf(state, name);
      const versions = stack ? containersOf(state, stack.name).map(({ version }) => version) : [];
      const standing = standings.get(name);
      const placed = stages.flatMap((_, position): Cell[] => {
        const version = versions[position];
        const since = sinceOf(standing, position, version);
        return [version ?? '-', { text: since ? minuteOf(since.startedAt) : '-', tone: 'dim' }];
      });
      const above = versions.slice(stages.length).join(' ') || '-';
      const days = versions[0] === standing?.places[0]?.version ? daysInTest(standing) : null;
      return [name, ...placed, above, standing?.last.actor ?? '-', days === null ? '-' : days.toFixed(1)];
    }),
  };
}

/** The operation that brought a version to a position; null where the journal says otherwise, or nothing. */
function sinceOf(
  standing: Standing | undefined,
  position: number,
  version: string | undefined,
): HistoryEntry | null {
  const place = standing?.places[position];
  return place && place.version === version ? place.since : null;
}

function operationsSection(history: readonly HistoryEntry[]): Section {
  return {
    id: 'operations',
    title: 'Operations',
    note: 'The newest first, also those that failed. Times are UTC.',
    columns: [
      ...numbers('Id'),
      ...times('When'),
      ...columns('Who', 'Command', 'Reason', 'Status'),
      ...numbers('Seconds', 'Revision'),
      ...columns('Services'),
    ],
    rows: history.toReversed().map((entry): Cell[] => {
      const { id, startedAt, finishedAt, actor, command, reason, status, revision, services } = entry;
      const seconds = secondsBetween(startedAt, finishedAt);
      return [
        ...[id, minuteOf(startedAt), actor, commandText({ command, reason }), reason ?? '-'],
        { text: status, ...(status === 'done' ? {} : { tone: 'warn' as const }) },
        ...[seconds === null ? '-' : Math.round(seconds * 10) / 10, revision ?? '-'],
        services === null ? 'not recorded' : services.map(serviceText).join('; ') || '-',
      ];
    }),
  };
}
