import { ownersOf, targetAt } from '../../model/lookup.ts';
import { targetText } from '../../model/traffic.ts';
import { callersOf } from '../externals.ts';
import { timeText, untilOf } from '../retained.ts';
import { byName, type Material } from './material.ts';
import { columns, times, type Section } from './report.ts';

/** What belongs to the environment and serves nobody now, or runs elsewhere. */

export function externalsSection({ state, environment }: Material): Section {
  const { stages } = environment.rules;
  return {
    id: 'externals',
    title: 'External services',
    note: 'What runs elsewhere and is called from here.',
    columns: columns('External', 'Mode', ...stages, 'Health', 'Called by'),
    rows: byName(state.externals).map((external) => [
      ...[external.name, external.mode],
      ...stages.map((stage) => {
        const target = targetAt(external, stage);
        return target ? targetText(target) : '-';
      }),
      ...[external.healthPath ?? 'connection', callersOf(state, external.name).join(' ') || '-'],
    ]),
  };
}

export function retainedSection({ state }: Material): Section {
  return {
    id: 'retained',
    title: 'Retained containers',
    note: 'Popped containers that are kept for a rollback.',
    columns: [...columns('Retained', 'Version', 'Digest', 'Host', 'Port'), ...times('Since', 'Until')],
    rows: byName(state.retained).map((row) => {
      const { stack, service } = ownersOf(state, row);
      const place = [stack.host, String(row.hostPort), timeText(row.retainedAt)];
      return [row.name, row.version, row.digest, ...place, untilOf(row, service.retention) ?? '-'];
    }),
  };
}
