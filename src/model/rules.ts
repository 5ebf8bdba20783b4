export type Level = 'error' | 'warn' | 'off';

/** The parameters of one rule, as they stand in rules.yml. */
export type RuleParameters = Readonly<Record<string, number | string | readonly string[]>>;

export type RuleSetting = { readonly level?: Level; readonly parameters: RuleParameters };

/** rules.yml: the stages from the first position up, and the level and parameters of each rule. */
export type Rules = {
  /** Stage names by position: the first is position 0, production. */
  readonly stages: readonly string[];
  readonly settings: Readonly<Record<string, RuleSetting>>;
  /** Exceptions for some services; where several match, the last one wins. */
  readonly overrides: readonly Override[];
};

export type Override = {
  /** A service's name, with `*` for any characters. */
  readonly services: string;
  readonly reason: string;
  readonly settings: Readonly<Record<string, RuleSetting>>;
};

export const defaultStages = ['prod', 'qa', 'dev'] as const;

export const defaultRules: Rules = { stages: defaultStages, settings: {}, overrides: [] };

/** The level of a rule for a service, `usual` where rules.yml sets none; null asks for the rule without overrides. */
export function levelFor(rules: Rules, code: string, service: string | null, usual: Level = 'error'): Level {
  return settingsFor(rules, code, service).reduce<Level>((level, setting) => setting.level ?? level, usual);
}

/** The parameters of a rule for a service: the defaults, then rules.yml, then the overrides that match. */
export function parametersFor<P extends RuleParameters>(
  rules: Rules,
  code: string,
  service: string | null,
  defaults: P,
): P {
  const settings = settingsFor(rules, code, service);
  if (settings.length === 0) return defaults;
  return Object.assign({}, defaults, ...settings.map((setting) => setting.parameters)) as P;
}

function settingsFor(rules: Rules, code: string, service: string | null): RuleSetting[] {
  const own = rules.settings[code];
  // Most houses have few overrides, and this is asked for every stack and every service.
  if (rules.overrides.length === 0) return own ? [own] : [];
  const matching = rules.overrides.filter(
    (override) => service !== null && matchesPattern(override.services, service),
  );
  return [own, ...matching.map((override) => override.settings[code])].filter(
    (setting) => setting !== undefined,
  );
}

/** Whether a name matches a pattern in which `*` (or SQL's `%`) stands for any characters. Takes linear time. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split(/[*%]/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let rest = name.slice(first.length, name.length - last.length);
  for (const part of parts.slice(1, -1)) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}
