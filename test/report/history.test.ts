import { describe, expect, it } from '@jest/globals';
import { commandText } from '../../src/report/kinds/history.ts';
import { historyCsv, historyEntry, historySheet, historyVerdictText } from '../../src/report/history.ts';

const operation = {
  ...{ id: 7, command: 'pop webapp', actor: 'alice@admin', message: null, revision: 6 },
  reason: null as string | null,
  finishedBy: null as { actor: string; command: string } | null,
  ...{ startedAt: '2026-11-21T05:36:58.123Z', finishedAt: '2026-11-21T05:37:01.000Z', status: 'done' },
  summary: [
    {
      service: 'webapp',
      changes: [{ stacks: ['webapp-stack1', 'webapp-stack2'], before: ['v1', 'v2'], after: ['v2'] }],
    },
  ],
};

const cells = (given: Partial<typeof operation> | { summary: null }, status = 'done'): string[] => {
  const [row = []] = historySheet([historyEntry({ ...operation, ...given }, status)]).rows;
  return [...row];
};

describe('historyEntry', () => {
  it('is what programs get, in this order', () => {
    expect(Object.entries(historyEntry({ ...operation, status: 'running' }, 'interrupted'))).toEqual([
      ['id', 7],
      ['startedAt', '2026-11-21T05:36:58.123Z'],
      ['finishedAt', '2026-11-21T05:37:01.000Z'],
      ['actor', 'alice@admin'],
      ['command', 'pop webapp'],
      ['reason', null],
      ['status', 'interrupted'],
      ['message', null],
      ['revision', 6],
      ['finishedBy', null],
      ['services', operation.summary],
    ]);
  });
});

describe('historySheet', () => {
  it('has a row for each operation', () => {
    const entry = historyEntry(operation, 'done');
    expect(historySheet([entry])).toEqual({
      head: ['Id', 'When (UTC)', 'Who', 'Command', 'Reason', 'Status', 'Revision', 'Services'],
      rows: [
        ['7', '2026-11-21 05:36:58', 'alice@admin', 'pop webapp', '-', 'done', '6', 'webapp: v1 v2 -> v2'],
      ],
    });
  });

  it.each<[string, Parameters<typeof cells>[0], string]>([
    ['of an earlier cmanage', { summary: null }, '?'],
    ['that touched nothing', { summary: [] }, ''],
    ['without containers', { summary: [{ service: 'webapp', changes: [] }] }, 'webapp'],
    [
      'of stacks that come and go',
      {
        summary: [
          {
            service: 'webapp',
            changes: [
              { stacks: ['webapp-stack1'], before: ['v1'], after: [] },
              { stacks: ['webapp-stack2', 'webapp-stack3'], before: [], after: ['v1'] },
            ],
          },
          { service: 'mail', changes: [] },
        ],
      },
      'webapp-stack1: v1 -> nothing; webapp-stack2 webapp-stack3: nothing -> v1; mail',
    ],
  ])('tells the services of an operation %s', (_case, given, text) => {
    expect(cells(given).at(-1)).toBe(text);
  });

  it('keeps an operation on one line, whatever was typed', () => {
    const typed = {
      command: 'pop webapp -m a\nb',
      reason: 'a\nb\u001b[31m\t',
    } as unknown as typeof operation;
    expect(cells(typed).slice(3, 5)).toEqual(['pop webapp -m a\\nb', 'a\\nb\\u001b[31m\\u0009']);
  });

  it('shows what is not recorded as such', () => {
    const row = cells({ revision: null } as unknown as typeof operation, 'undone');
    expect(row.slice(5, 7)).toEqual(['undone', '-']);
  });
});

describe('commandText', () => {
  it.each([
    ['pop webapp -m ticket 4711', 'ticket 4711', 'pop webapp'],
    ['pop webapp --reason ticket 4711 -q', 'ticket 4711', 'pop webapp -q'],
    ['pop webapp', null, 'pop webapp'],
    ['release web -v v1 -m v1', 'v1', 'release web -v v1'],
  ])('of %s, whose reason stands beside it', (command, reason, expected) => {
    expect(commandText({ command, reason })).toBe(expected);
  });
});

describe('historyCsv', () => {
  it('is a table that spreadsheets read, with the times and the seconds between', () => {
    const reason = 'ticket "4711", urgent';
    expect(historyCsv([historyEntry({ ...operation, reason }, 'done')]).split('\r\n')).toEqual([
      'id,startedAt,finishedAt,seconds,actor,command,reason,status,message,revision,finishedBy,services',
      '7,2026-11-21T05:36:58.123Z,2026-11-21T05:37:01.000Z,2.877,alice@admin,pop webapp,"ticket ""4711"", urgent",done,,6,,webapp: v1 v2 -> v2',
    ]);
  });

  it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)'])(
    'lets no spreadsheet take %s for a formula',
    (reason) => {
      const [, row = ''] = historyCsv([historyEntry({ ...operation, reason }, 'done')]).split('\r\n');
      expect(row).toContain(`'${reason.replaceAll('"', '""')}`);
    },
  );

  it('has one line for each operation, whatever was typed', () => {
    const reason = 'two\nlines\r\u001b[2J';
    const lines = historyCsv([historyEntry({ ...operation, reason }, 'done')]).split(/\r?\n/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('two\\nlines\\u000d\\u001b[2J');
  });
});

describe('historyVerdictText', () => {
  const last = { seq: 4, chain: 'ab' };
  it('tells what to keep, or what was edited and what to do', () => {
    expect(historyVerdictText({ operations: 2, events: 4, last, edits: [] })).toBe(
      '2 operations, 4 events: all is as it was recorded.\nThe last event is 4:ab\n' +
        "What is kept of that elsewhere proves all before it, by 'cmanage history verify --expect'.",
    );
    const edits = [{ object: 'event 2', fact: 'it is missing' }];
    expect(historyVerdictText({ operations: 2, events: 4, last, edits })).toBe(
      '2 operations, 4 events: the history was edited.\n  event 2: it is missing\n' +
        'Restore a backup of the state database, and find out who can write to it.',
    );
  });
});
