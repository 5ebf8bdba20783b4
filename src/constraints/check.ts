import type { Environment } from '../model/environment.ts';
import { levelFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { constraints } from './all.ts';
import type { Finding } from './constraint.ts';

/**
 * Judges a proposed state against the state it comes from. A breach that the state had already, or a service that is
 * incomplete but no more so than before, is a warning: otherwise nothing could be repaired. What the change itself
 * breaks or worsens is an error. Every breach is reported, not the first.
 */
export function check(before: State, next: State, environment: Environment): Violation[] {
  const known = new Set(before.services.map((service) => service.name));
  return constraints.flatMap((rule) => {
    const old = deficits(rule.judge({ state: before, environment }));
    const findings = rule.judge({ state: next, environment });
    const now = deficits(findings);
    return findings.flatMap((finding) => {
      const level = levelFor(environment.rules, rule.code, finding.service);
      if (level === 'off') return [];
      const { service, object, fact, remedy } = finding;
      const isBeingBuilt = rule.kind === 'complete' && service !== null && !known.has(service);
      const isNoWorse = (now.get(keyOf(finding)) ?? 0) <= (old.get(keyOf(finding)) ?? 0);
      return [{ code: rule.code, level: isBeingBuilt || isNoWorse ? 'warn' : level, object, fact, remedy }];
    });
  });
}

/** Judges a state by itself: everything that is incorrect or incomplete in it. */
export function judge(state: State, environment: Environment): Violation[] {
  return constraints.flatMap((rule) =>
    rule.judge({ state, environment }).flatMap(({ service, object, fact, remedy }) => {
      const level = levelFor(environment.rules, rule.code, service);
      return level === 'off' ? [] : [{ code: rule.code, level, object, fact, remedy }];
    }),
  );
}

/** How much is wrong with each object, so that two states can be compared without comparing the words of a finding. */
function deficits(findings: readonly Finding[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const finding of findings) {
    sums.set(keyOf(finding), (sums.get(keyOf(finding)) ?? 0) + (finding.deficit ?? 1));
  }
  return sums;
}

function keyOf({ object, aspect = '' }: Finding): string {
  return `${object} ${aspect}`;
}
