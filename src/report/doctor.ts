import type { Checked } from '../model/checked.ts';
import { findingsText } from './findings.ts';
import { oneLine } from './printable.ts';
import type { Style } from './style.ts';

/** For people: what needs attention or cannot be known, with its remedy; the rest is only counted. */
export function doctorText(checks: readonly Checked[], style: Style): string {
  const told = checks.filter(({ status }) => status !== 'ok');
  const needing = told.filter(({ status }) => status === 'attention').length;
  const counted = `${checks.length} things were looked at: ${needing === 0 ? 'nothing needs attention' : `${needing} need${needing === 1 ? 's' : ''} attention`}.`;
  if (told.length === 0) return counted;
  const rows = told.map(({ check, object, status, fact, remedy }) => [
    ...[check, object, status, fact, remedy ?? '-'].map(oneLine),
  ]);
  const sheet = { head: ['Check', 'Object', 'Status', 'Fact', 'Remedy'], rows };
  const text = findingsText(sheet, style, () => style.colour.bold);
  return `${text}\n${counted}`;
}
