import { describe, expect, it } from '@jest/globals';
import { serviceEntry } from '../../src/report/inventory.ts';
import { retainedKind } from '../../src/report/kinds/retained.ts';
import { servicesKind } from '../../src/report/kinds/services.ts';
import { retainedOfService, retentionText } from '../../src/report/retained.ts';
import type { Retention } from '../../src/model/retention.ts';
import type { State } from '../../src/model/state.ts';
import { makeState } from '../support/makeState.ts';
import { makeView, sheetIn } from '../support/view.ts';

const hour: Retention = { by: 'seconds', limit: 3600, warm: false };

function retaining(retention: Retention): State {
  const state = makeState({ webapp: { retention }, other: {} });
  const retained = ['app8', 'app9'].map((name, index) => ({
    ...{ name: `webapp-stack1-${name}`, stack: 'webapp-stack1', position: 0, version: 'v0.0' },
    ...{ digest: `sha256:${'a'.repeat(64)}`, created: null, hostPort: 20008 + index, links: {} },
    ...{ since: 8 - index, retainedAt: Date.UTC(2026, 10, 21, 8 - index), warm: index === 1 },
  }));
  return { ...state, retained };
}

describe('what is retained', () => {
  it('is shown from the one that was kept first, with its time', () => {
    const state = retaining(hour);
    expect(sheetIn(retainedKind(makeView(state), retainedOfService(state, 'webapp'))).rows).toEqual([
      [
        ...['webapp-stack1-app9', 'v0.0', 'aaaaaaaaaaaa', 'docker01', '20009'],
        ...['2026-11-21T07:00:00.000Z', '2026-11-21T08:00:00.000Z', 'warm'],
      ],
      [
        ...['webapp-stack1-app8', 'v0.0', 'aaaaaaaaaaaa', 'docker01', '20008'],
        ...['2026-11-21T08:00:00.000Z', '2026-11-21T09:00:00.000Z', 'stopped'],
      ],
    ]);
    expect(retainedOfService(state, 'other')).toEqual([]);
  });

  it('is told to programs with its service', () => {
    const state = retaining({ by: 'count', limit: 2, warm: true });
    const [webapp] = state.services;
    const entry = webapp && serviceEntry(state, webapp, [], () => 'exited');
    expect(entry).toMatchObject({
      retention: { by: 'count', limit: 2, warm: true },
      retained: [
        {
          ...{ name: 'webapp-stack1-app9', revision: 7, since: '2026-11-21T07:00:00.000Z', until: null },
          ...{ warm: true, status: 'exited', host: 'docker01', port: 20009 },
        },
        { name: 'webapp-stack1-app8', revision: 8 },
      ],
    });
  });

  it.each([
    [{ by: 'count', limit: 2, warm: false }, 'the last 2'],
    [{ by: 'count', limit: 1, warm: true }, 'the last 1, warm'],
    [{ by: 'seconds', limit: 90, warm: false }, 'for 90s'],
    [{ by: 'seconds', limit: 1800, warm: false }, 'for 30m'],
    [{ by: 'seconds', limit: 7200, warm: true }, 'for 2h, warm'],
    [{ by: 'seconds', limit: 172_800, warm: false }, 'for 2d'],
  ] as const)('%j', (retention, text) => {
    const state = retaining(retention);
    expect(state.services.map(retentionText)).toEqual([text, '-']);
    const { head, rows } = sheetIn(servicesKind(makeView(state)));
    expect([head.at(-1), ...rows.map((row) => row.at(-1))]).toEqual(['Retains', text, '-']);
  });
});
