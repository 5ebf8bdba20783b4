import type { Constraint } from '../../constraints/constraint.ts';
import type { Environment } from '../../model/environment.ts';
import { levelFor, type Override } from '../../model/rules.ts';
import { groupsOf } from '../groups.ts';
import { columns, numbers, times, type Cell, type Column, type Section, type Tone } from './report.ts';
import type { Since } from './sinceWhen.ts';
import { standings, type StandingToRule, type Verdict } from './verdicts.ts';
import { minuteOf } from '../moments.ts';

/** The tables of all verdicts: at a glance, by service, and for programs. */

/** A verdict, and the change since which it stands; undefined where that is older than what was looked at. */
export type Judged = Verdict & { readonly since: Since | undefined };

export const tones: Readonly<Record<StandingToRule, Tone>> = {
  ...{ broken: 'bad', incomplete: 'warn', warned: 'warn', excused: 'warn', off: 'dim', kept: 'good' },
};
const signs: Readonly<Record<StandingToRule, string>> = {
  ...{ broken: '✗', incomplete: '○', warned: '!', excused: 'e', off: '–', kept: '✓' },
};

export function marked(standing: StandingToRule): Cell {
  return { text: standing, tone: tones[standing] };
}

/** Where a service would stand, of what is of no one service. */
export const nobody = '(environment)';

export function sinceCells(since: Since | undefined): Cell[] {
  return since ? [minuteOf(since.startedAt), since.id, since.actor] : ['-', '-', '-'];
}

export const sinceColumns: Column[] = [...times('Since'), ...numbers('Operation'), ...columns('By')];

/** One row a service, one column a rule: a sign in each place. */
export function matrixSection(constraints: readonly Constraint[], judged: readonly Judged[]): Section {
  const legend = standings.map((standing) => `${signs[standing]} ${standing}`).join(', ');
  return {
    id: 'matrix',
    title: 'Every rule and every service',
    note: `${legend}; * where an override speaks of it.`,
    columns: [
      ...columns('Service'),
      ...constraints.map(({ code }): Column => ({ name: code, kind: 'narrow' })),
    ],
    rows: [...groupsOf(judged, ({ service }) => service)].map(([service, verdicts]) => [
      service ?? nobody,
      ...verdicts.map(({ standing, overrides }): Cell => {
        return { text: `${signs[standing]}${overrides.length > 0 ? '*' : ''}`, tone: tones[standing] };
      }),
    ]),
  };
}

/** The verdicts on a service that are alike since the same operation, together. */
export function servicesSection(judged: readonly Judged[]): Section {
  const groups = groupsOf(judged, ({ service, standing, since, overrides }) =>
    JSON.stringify([service, standing, since?.id, overrides.map(({ reason }) => reason)]),
  );
  const perService = new Map<string | null, number>();
  for (const { service } of judged) perService.set(service, (perService.get(service) ?? 0) + 1);
  return {
    id: 'services',
    title: 'Since when',
    note: 'What is judged alike since the same operation stands in one row.',
    columns: [...columns('Service', 'Verdict'), ...sinceColumns, ...columns('Rules', 'Overrides')],
    rows: [...groups.values()].flatMap((alike): Cell[][] => {
      const [first] = alike;
      if (!first) return [];
      const { service, standing, since, overrides } = first;
      const all = alike.length === perService.get(service);
      const rules = all ? `all ${alike.length}` : alike.map(({ rule }) => rule).join(' ');
      return [[service ?? nobody, marked(standing), ...sinceCells(since), rules, reasonsOf(overrides)]];
    }),
  };
}

function reasonsOf(overrides: readonly Override[]): string {
  return overrides.map(({ services, reason }) => `${services}: ${reason}`).join('; ') || '-';
}

export function verdictsSection(
  { rules }: Environment,
  constraints: readonly Constraint[],
  judged: readonly Judged[],
): Section {
  const usual = new Map(constraints.map((rule) => [rule.code, rule.level]));
  return {
    id: 'verdicts',
    title: 'Verdicts',
    note: '',
    for: 'data',
    columns: [
      ...columns('Service', 'Rule', 'Level', 'Verdict'),
      ...sinceColumns,
      ...columns('Findings', 'Overrides'),
    ],
    rows: judged.map((one): Cell[] => [
      ...[
        one.service ?? '',
        one.rule,
        levelFor(rules, one.rule, one.service, usual.get(one.rule)),
        one.standing,
      ],
      ...sinceCells(one.since),
      one.findings.map(({ object, fact }) => `${object}: ${fact}`).join('; ') || '-',
      reasonsOf(one.overrides),
    ]),
  };
}
