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

/** Whether a text is a pattern, and not the one name it could be. */
export function isPattern(text: string): boolean {
  return /[*%?]/.test(text);
}

/**
 * Whether a name matches a pattern in which `*` (or SQL's `%`) stands for any characters, and `?` for one. Takes time in
 * proportion to the product of their lengths at most.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split(/[*%]/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return name.length === pattern.length && standsAt(pattern, name, 0);
  const end = name.length - last.length;
  if (end < first.length || !standsAt(first, name, 0) || !standsAt(last, name, end)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    while (from + part.length <= end && !standsAt(part, name, from)) from++;
    if (from + part.length > end) return false;
    from += part.length;
  }
  return true;
}

function standsAt(part: string, name: string, at: number): boolean {
  for (let index = 0; index < part.length; index++) {
    if (part[index] !== '?' && part[index] !== name[at + index]) return false;
  }
  return true;
}
