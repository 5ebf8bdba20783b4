import { describe, expect, it } from '@jest/globals';
import { emptyState } from '../../../src/model/state.ts';
import { releasesReport } from '../../../src/report/audit/releases.ts';
import { textOf, type Report } from '../../../src/report/audit/report.ts';
import { makeState } from '../../support/makeState.ts';
import { chronicleOf, type Chronicle, type Deed } from '../../support/recorded.ts';
import { shopMaterial } from '../../support/shop.ts';

const withVersions = (...versions: string[]) =>
  makeState({ webapp: { hosts: ['docker01', 'docker02'], versions } });

const deed = (day: string, next: Deed['next'], command: string, actor = 'alice@admin'): Deed => ({
  ...{ next, command, actor, startedAt: `2026-11-${day}T10:00:00.000Z` },
});

function reportOf({ state, history }: Chronicle): Report {
  return releasesReport(shopMaterial({ state, history }));
}

const rowsOf = (report: Report, id: string): string[][] =>
  report.sections.find((section) => section.id === id)?.rows.map((row) => row.map(textOf)) ?? [];

const added = deed('01', withVersions('v1', 'v2', 'v3'), 'addservice webapp');
const released = deed('03', withVersions('v1', 'v2', 'v3', 'v4'), 'release webapp -v v4', 'bob@admin');
const popped = deed('08', withVersions('v2', 'v3', 'v4'), 'pop webapp');

describe('versions by stage', () => {
  it('tell since when each stands where it does, and how long what is in production was tried', () => {
    const report = reportOf(chronicleOf(emptyState, [added, released, popped]));
    expect(rowsOf(report, 'versions')).toEqual([
      [
        ...['webapp', 'v2', '2026-11-08 10:00', 'v3', '2026-11-08 10:00', 'v4', '2026-11-08 10:00'],
        ...['-', 'alice@admin', '7.0'],
      ],
    ]);
    expect(report.figures.at(-1)).toEqual({ label: 'days from release to prod, median', value: '7.0' });
  });

  it('are left alone by a stack that comes or goes', () => {
    const more = makeState({
      webapp: { hosts: ['docker01', 'docker02', 'docker03'], versions: ['v1', 'v2', 'v3'] },
    });
    const chronicle = chronicleOf(emptyState, [
      added,
      deed('04', more, 'scale up'),
      deed('05', added.next, 'scale down'),
    ]);
    expect(rowsOf(reportOf(chronicle), 'versions')[0]?.slice(0, 3)).toEqual([
      'webapp',
      'v1',
      '2026-11-01 10:00',
    ]);
  });

  it('are those of the new service where one of its name was deleted', () => {
    const chronicle = chronicleOf(emptyState, [
      added,
      deed('04', emptyState, 'delete'),
      deed('05', added.next, 'again'),
    ]);
    expect(rowsOf(reportOf(chronicle), 'versions')[0]?.slice(0, 3)).toEqual([
      'webapp',
      'v1',
      '2026-11-05 10:00',
    ]);
  });

  it('have no date where the journal does not say how they came there', () => {
    const { state, history } = chronicleOf(emptyState, [added, released, popped]);
    const sinceReleased = reportOf({ state, history: history.slice(1), changes: [] });
    const untold = reportOf({ state, history: [], changes: [] });
    expect(rowsOf(sinceReleased, 'versions')[0]?.slice(-2)).toEqual(['alice@admin', '-']);
    expect(rowsOf(untold, 'versions')).toEqual([['webapp', 'v2', '-', 'v3', '-', 'v4', '-', '-', '-', '-']]);
  });

  it('do not believe a journal that ends with another version', () => {
    const { history } = chronicleOf(emptyState, [added]);
    const report = releasesReport(shopMaterial({ state: withVersions('v9', 'v2', 'v3'), history }));
    expect(rowsOf(report, 'versions')[0]?.slice(0, 5)).toEqual([
      'webapp',
      'v9',
      '-',
      'v2',
      '2026-11-01 10:00',
    ]);
    expect(rowsOf(report, 'versions')[0]?.at(-1)).toBe('-');
  });
});

describe('operations', () => {
  const { state, history } = chronicleOf(emptyState, [added, released]);
  const failed = history
    .map((entry) => ({ ...entry, id: 3, status: 'undone', revision: null, message: 'no answer' }))
    .slice(1);
  const report = reportOf({ state, history: [...history, ...failed], changes: [] });

  it('are listed with the newest first, also those that failed', () => {
    expect(rowsOf(report, 'operations')).toEqual([
      [
        '3',
        '2026-11-03 10:00',
        'bob@admin',
        'release webapp -v v4',
        '-',
        'undone',
        '1',
        '-',
        'webapp: v1 v2 v3 -> v1 v2 v3 v4',
      ],
      [
        '2',
        '2026-11-03 10:00',
        'bob@admin',
        'release webapp -v v4',
        '-',
        'done',
        '1',
        '2',
        'webapp: v1 v2 v3 -> v1 v2 v3 v4',
      ],
      [
        '1',
        '2026-11-01 10:00',
        'alice@admin',
        'addservice webapp',
        '-',
        'done',
        '1',
        '1',
        'webapp: nothing -> v1 v2 v3',
      ],
    ]);
  });

  it('are counted for thirty days', () => {
    expect(report.figures.map(({ value }) => value)).toEqual(['1', '3', '1', '0.0']);
    const later = shopMaterial({ state, history: [...history, ...failed] });
    const moment = '2026-12-02T10:00:00.000Z';
    const month = releasesReport({ ...later, subject: { ...later.subject, moment } });
    expect(month.figures.map(({ value }) => value).slice(0, 3)).toEqual(['1', '2', '1']);
  });
});
