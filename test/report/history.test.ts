import { describe, expect, it } from '@jest/globals';
import { historyEntry, historySheet } from '../../src/report/history.ts';

const operation = {
  ...{ id: 7, command: 'pop webapp', actor: 'alice@admin', reason: null, message: null, revision: 6 },
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
