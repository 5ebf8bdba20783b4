import { judge, type Judgement } from '../../constraints/check.ts';
import type { Constraint } from '../../constraints/constraint.ts';
import type { Environment } from '../../model/environment.ts';
import { levelFor, matchesPattern, type Override } from '../../model/rules.ts';
import type { State } from '../../model/state.ts';

/** How a service stands to a rule, the gravest first. `excused`: kept only because an override puts up with it. */
export const standings = ['broken', 'incomplete', 'warned', 'excused', 'off', 'kept'] as const;
export type StandingToRule = (typeof standings)[number];

/** One service (null: what is of no one service, such as a host) and one rule. */
export type Verdict = {
  readonly service: string | null;
  readonly rule: string;
  readonly standing: StandingToRule;
  /** What is wrong; of what is excused, all that would be without the overrides. */
  readonly findings: readonly Judgement[];
  /** The overrides of rules.yml that speak of this rule and this service, whether they are needed or not. */
  readonly overrides: readonly Override[];
};

/** Every rule for every service, in the order of the services and of the rules; what is of no one service comes first. */
export function verdictsOf(
  state: State,
  environment: Environment,
  constraints: readonly Constraint[],
): Verdict[] {
  const { rules } = environment;
  const found = byCell(judge(state, environment, constraints));
  const strict = { ...environment, rules: { ...rules, overrides: [] } };
  const without = rules.overrides.length === 0 ? found : byCell(judge(state, strict, constraints));
  const names = state.services.map(({ name }) => name).sort();
  return [null, ...names].flatMap((service) => {
    const mine = rules.overrides.filter(
      ({ services }) => service !== null && matchesPattern(services, service),
    );
    return constraints.map((rule): Verdict => {
      const key = cellKey(service, rule.code);
      const findings = found.get(key) ?? [];
      const overrides = mine.filter(({ settings }) => settings[rule.code] !== undefined);
      const isOff = levelFor(rules, rule.code, service, rule.level) === 'off';
      const gravest = graveness(findings);
      const eased = without.get(key) ?? [];
      const isEased = standings.indexOf(graveness(eased)) < standings.indexOf(gravest);
      const standing = isEased ? 'excused' : isOff ? 'off' : gravest;
      const wrong = isEased ? eased : findings;
      return { service, rule: rule.code, standing, findings: wrong, overrides };
    });
  });
}

function graveness(findings: readonly Judgement[]): StandingToRule {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.some(({ kind }) => kind === 'correct')) return 'broken';
  if (errors.length > 0) return 'incomplete';
  return findings.length > 0 ? 'warned' : 'kept';
}

function byCell(found: readonly Judgement[]): ReadonlyMap<string, Judgement[]> {
  const cells = new Map<string, Judgement[]>();
  for (const finding of found) {
    const key = cellKey(finding.service, finding.code);
    const cell = cells.get(key);
    if (cell) cell.push(finding);
    else cells.set(key, [finding]);
  }
  return cells;
}

export function cellKey(service: string | null, rule: string): string {
  return `${service ?? ''} ${rule}`;
}
