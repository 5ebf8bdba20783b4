import type { Drift } from '../plan/drift.ts';
import { oneLine } from './printable.ts';
import type { Sheet } from './table.ts';

/** Where the world is otherwise than the state says, for people. */
export function driftSheet(drifts: readonly Drift[]): Sheet {
  return {
    head: ['Where', 'What', 'Drift', 'Fact', 'Remedy'],
    rows: drifts.map(({ host, object, kind, fact, remedy }) =>
      // Names and facts come from outside.
      [host, object, kind, fact, remedy].map(oneLine),
    ),
  };
}
