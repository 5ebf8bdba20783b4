import type { Drift } from '../plan/drift.ts';
import { findingsText } from './findings.ts';
import { oneLine } from './printable.ts';
import type { Style } from './style.ts';

/** Where the world is otherwise than the state says, for people. */
export function driftLines(drifts: readonly Drift[], style: Style): string {
  const sheet = {
    head: ['Where', 'What', 'Drift', 'Fact', 'Remedy'],
    rows: drifts.map(({ host, object, kind, fact, remedy }) =>
      // Names and facts come from outside.
      [host, object, kind, fact, remedy].map(oneLine),
    ),
  };
  return findingsText(sheet, style, () => style.colour.red);
}
