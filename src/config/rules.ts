import { z } from 'zod';
import { constraints } from '../constraints/all.ts';
import type { Constraint } from '../constraints/constraint.ts';
import { isName } from '../model/names.ts';
import { isDatePattern } from '../model/versionOrder.ts';
import {
  defaultRules,
  defaultStages,
  type RuleParameters,
  type Rules,
  type RuleSetting,
} from '../model/rules.ts';

/** rules.yml. Its shape follows from the list of constraints, so that a rule or parameter nobody knows is an error. */

const level = z.enum(['error', 'warn', 'off']);

/** What the words of a parameter must look like, where its type alone does not say so. */
const labelPattern = /^[A-Za-z0-9_.-]{1,63}(=[A-Za-z0-9_./:-]{0,63})?$/;
const words: Readonly<Record<string, z.ZodType>> = {
  date: z
    .string()
    .max(64)
    .refine(isDatePattern, 'give a pattern such as YYYYMMDD or build-YYYY-MM-DD.N, each field once'),
  required: z.array(z.string().regex(labelPattern, 'give KEY=VALUE or KEY')),
  preferred: z.array(z.string().regex(labelPattern, 'give KEY=VALUE or KEY')),
};

function settingSchema(rule: Constraint): z.ZodType<RuleSetting> {
  const parameters = Object.entries(rule.parameters).map(
    ([name, value]) =>
      [name, (words[name] ?? parameterSchema(value, rule.choices[name])).optional()] as const,
  );
  return z
    .strictObject({ level: level.optional(), ...Object.fromEntries(parameters) })
    .transform(({ level, ...rest }) => ({
      ...(level === undefined ? {} : { level }),
      parameters: Object.fromEntries(
        Object.entries(rest).filter(([, value]) => value !== undefined),
      ) as RuleParameters,
    }));
}

function parameterSchema(value: RuleParameters[string], choices: readonly string[] | undefined): z.ZodType {
  if (typeof value === 'number') return z.int().min(0).max(10_000);
  const word = choices === undefined ? z.string().min(1).max(128) : z.enum(choices);
  return typeof value === 'string' ? word : z.array(word);
}

const settings = z.strictObject(
  Object.fromEntries(constraints.map((rule) => [rule.code, settingSchema(rule).optional()])),
);

const stages = z
  .array(z.string().refine(isName, 'a stage has a name of lower-case letters, digits and hyphens'))
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'each stage stands once');

const override = z.strictObject({
  services: z.string().regex(/^[a-z0-9*-]{1,40}$/, "give a service's name, with * for any characters"),
  reason: z.string().min(1).max(500),
  rules: settings,
});

export const rulesSchema: z.ZodType<Rules> = z
  .strictObject({
    stages: stages.default([...defaultStages]),
    rules: settings.default({}),
    overrides: z.array(override).default([]),
  })
  .transform((file) => ({
    ...defaultRules,
    stages: file.stages,
    settings: present(file.rules),
    overrides: file.overrides.map(({ services, reason, rules }) => ({
      services,
      reason,
      settings: present(rules),
    })),
  }));

function present(given: Record<string, RuleSetting | undefined>): Record<string, RuleSetting> {
  const entries = Object.entries(given).filter(
    (entry): entry is [string, RuleSetting] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
