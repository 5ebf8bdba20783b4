import type { Environment } from '../model/environment.ts';
import { levelFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { constraints } from './all.ts';
import type { Constraint, Finding } from './constraint.ts';

/**
 * Judges a proposed state against the state it comes from. A breach that the state had already, or a service that is
 * incomplete but no more so than before, is a warning: otherwise nothing could be repaired. What the change itself
 * breaks or worsens is an error. Every breach is reported, not the first.
 */
export function check(before: State, next: State, environment: Environment): Violation[] {
  return constraints.flatMap((rule) => {
    const old = rule.judge({ state: before, environment });
    const known = new Set(before.services.map((service) => service.name));
    return rule.judge({ state: next, environment }).flatMap((finding) => {
      const level = levelFor(environment.rules, rule.code, finding.service);
      if (level === 'off') return [];
      const tolerated = isTolerated(rule, finding, old, known);
      const { object, fact, remedy } = finding;
      return [{ code: rule.code, level: tolerated ? 'warn' : level, object, fact, remedy }];
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

function isTolerated(
  rule: Constraint,
  finding: Finding,
  old: readonly Finding[],
  known: ReadonlySet<string>,
): boolean {
  if (rule.kind === 'correct') {
    return old.some((other) => other.object === finding.object && other.fact === finding.fact);
  }
  const isBeingBuilt = finding.service !== null && !known.has(finding.service);
  const before = old.find((other) => other.object === finding.object)?.deficit ?? 0;
  return isBeingBuilt || (finding.deficit ?? 1) <= before;
}
