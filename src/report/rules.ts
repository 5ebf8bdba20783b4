import type { Constraint } from '../constraints/constraint.ts';
import { matchesPattern, type Rules, type RuleSetting } from '../model/rules.ts';
import type { Sheet } from './table.ts';

/** One rule as it holds for a service, or without overrides: each of its values, and where that comes from. */
export type RuleEntry = {
  readonly rule: string;
  readonly kind: Constraint['kind'];
  readonly summary: string;
  readonly settings: readonly RuleValue[];
};

export type RuleValue = {
  readonly name: string;
  readonly value: number | string | readonly string[];
  readonly choices: readonly string[];
  /** `default`, or the file and line that sets it. */
  readonly from: string;
  /** Of an override, the services it is for and why. */
  readonly override: { readonly services: string; readonly reason: string } | null;
};

/** Tells on which line of rules.yml a setting stands. */
export type LineOf = (keys: readonly PropertyKey[]) => number | null;

export function ruleEntries(
  rules: Rules,
  constraints: readonly Constraint[],
  service: string | null,
  lineOf: LineOf,
): RuleEntry[] {
  return constraints.map((constraint) => {
    const defaults = { level: constraint.level, ...constraint.parameters };
    const settings = Object.entries(defaults).map(([name, value]): RuleValue => {
      const choices = name === 'level' ? ['error', 'warn', 'off'] : (constraint.choices[name] ?? []);
      const usual: RuleValue = { name, value, choices, from: 'default', override: null };
      return sourcesOf(rules, constraint.code, service).reduce<RuleValue>((found, source) => {
        const set = name === 'level' ? source.setting.level : source.setting.parameters[name];
        if (set === undefined) return found;
        const line = lineOf([...source.keys, constraint.code, name]);
        const from = `rules.yml${line === null ? '' : `:${line}`}`;
        return { name, value: set, choices, from, override: source.override };
      }, usual);
    });
    return { rule: constraint.code, kind: constraint.kind, summary: constraint.summary, settings };
  });
}

type Source = {
  readonly keys: readonly PropertyKey[];
  readonly setting: RuleSetting;
  readonly override: RuleValue['override'];
};

/** What rules.yml says of a rule, the last word last. */
function sourcesOf(rules: Rules, code: string, service: string | null): Source[] {
  const general = rules.settings[code];
  return [
    ...(general ? [{ keys: ['rules'], setting: general, override: null }] : []),
    ...rules.overrides.flatMap(({ services, reason, settings }, index) => {
      const setting = settings[code];
      if (!setting || service === null || !matchesPattern(services, service)) return [];
      return [{ keys: ['overrides', index, 'rules'], setting, override: { services, reason } }];
    }),
  ];
}

export function rulesSheet(entries: readonly RuleEntry[]): Sheet {
  return {
    head: ['Rule', 'Kind', 'Setting', 'Value', 'From'],
    rows: entries.flatMap(({ rule, kind, settings }) =>
      settings.map(({ name, value, from, override }, index) => [
        ...(index === 0 ? [rule, kind] : ['', '']),
        ...[name, valueText(value), override ? `${from} (${override.services}: ${override.reason})` : from],
      ]),
    ),
  };
}

/** The overrides there are, for a reader who asked for no service. */
export function overridesSheet(rules: Rules, lineOf: LineOf): Sheet {
  return {
    head: ['Override for', 'Rules', 'Reason', 'From'],
    rows: rules.overrides.map(({ services, reason, settings }, index) => [
      ...[services, Object.keys(settings).join(' '), reason],
      `rules.yml:${lineOf(['overrides', index]) ?? '?'}`,
    ]),
  };
}

function valueText(value: RuleValue['value']): string {
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'none' : value.join(', ');
}
