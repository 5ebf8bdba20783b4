import { changeBetween, touchedServices } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import { levelFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { constraints } from './all.ts';
import type { Constraint, Finding } from './constraint.ts';

/**
 * Judges a proposed state against the state it comes from. A breach that the state had already, or a service that is
 * incomplete but no more so than before, is a warning: otherwise nothing could be repaired. What the change itself
 * breaks or worsens is an error. Every breach is reported, not the first; old ones only of services the change touches.
 */
export function check(before: State, next: State, environment: Environment): Violation[] {
  const known = new Set(before.services.map((service) => service.name));
  const touched = touchedServices(changeBetween(before, next), before, next);
  return constraints.flatMap((rule) => {
    const findings = rule.judge({ state: next, environment });
    if (findings.length === 0) return [];
    const old = deficits(rule.judge({ state: before, environment }));
    return findings.flatMap((finding) => {
      const { service } = finding;
      const isBeingBuilt = rule.kind === 'complete' && service !== null && !known.has(service);
      const isNoWorse = (finding.deficit ?? 1) <= (old.get(keyOf(finding)) ?? 0);
      if (isNoWorse && isNobodysBusiness(rule, finding, touched, environment)) return [];
      const isExcused = isBeingBuilt || isNoWorse;
      return toViolation(rule, isExcused ? finding : asWorsened(finding), environment, isExcused);
    });
  });
}

function asWorsened(finding: Finding): Finding {
  return { ...finding, remedy: finding.remedyIfWorse ?? finding.remedy };
}

/** An old breach is told only where the change has to do with its service, and where the rules do not put up with it. */
function isNobodysBusiness(
  rule: Constraint,
  { service, atMost }: Finding,
  touched: ReadonlySet<string>,
  { rules }: Environment,
): boolean {
  const level = atMost ?? levelFor(rules, rule.code, service, rule.level);
  return level !== 'error' || (service !== null && !touched.has(service));
}

/** A broken rule with its kind, which tells what is incorrect from what is only incomplete. */
export type Judgement = Violation & Pick<Constraint, 'kind'>;

/** Judges a state by itself: everything that is incorrect or incomplete in it. */
export function judge(state: State, environment: Environment, rules = constraints): Judgement[] {
  return rules.flatMap((rule) =>
    rule
      .judge({ state, environment })
      .flatMap((finding) => toViolation(rule, finding, environment, false))
      .map((violation) => ({ ...violation, kind: rule.kind })),
  );
}

function toViolation(
  rule: Constraint,
  { service, object, fact, remedy, atMost }: Finding,
  { rules }: Environment,
  isExcused: boolean,
): Violation[] {
  const level = levelFor(rules, rule.code, service, rule.level);
  if (level === 'off') return [];
  return [{ code: rule.code, level: isExcused ? 'warn' : (atMost ?? level), object, service, fact, remedy }];
}

/** How much is wrong with each object, so that two states can be compared without comparing the words of a finding. */
function deficits(findings: readonly Finding[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const finding of findings) {
    most.set(keyOf(finding), Math.max(most.get(keyOf(finding)) ?? 0, finding.deficit ?? 1));
  }
  return most;
}

function keyOf({ object, counts, aspect = '' }: Finding): string {
  return `${counts ?? object} ${aspect}`;
}
