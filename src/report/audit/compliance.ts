import type { Constraint } from '../../constraints/constraint.ts';
import { levelFor, matchesPattern, parametersFor, type Override } from '../../model/rules.ts';
import { cardsOf } from '../graph/cards.ts';
import { groupsOf } from '../groups.ts';
import type { LineOf } from '../rules.ts';
import type { Material } from './material.ts';
import { columns, numbers, type Cell, type Report, type Section } from './report.ts';
import { sincesOf, type Recorded } from './sinceWhen.ts';
import { cellKey, standings, verdictsOf } from './verdicts.ts';
import {
  marked,
  matrixSection,
  nobody,
  servicesSection,
  sinceCells,
  sinceColumns,
  tones,
  verdictsSection,
  type Judged,
} from './verdictTables.ts';
import { minuteOf } from '../moments.ts';

/** What this report needs besides: the journal's changes, and where and since when the overrides stand in rules.yml. */
export type ComplianceMaterial = Material & {
  readonly constraints: readonly Constraint[];
  /** The newest first, without a gap. */
  readonly changes: readonly Recorded[];
  readonly lineOf: LineOf;
  /** The first operation of those up to now that were judged with an override; null where there is none yet. */
  readonly inForceSince: (override: Override) => { readonly id: number; readonly startedAt: string } | null;
};

/** Every rule for every service, since when, and what the overrides are for. */
export function complianceReport(material: ComplianceMaterial): Report {
  const { state, environment, subject, constraints, changes } = material;
  const sinces = sincesOf(state, changes, environment, constraints);
  const judged = verdictsOf(state, environment, constraints).map((verdict): Judged => {
    return { ...verdict, since: sinces.get(cellKey(verdict.service, verdict.rule)) };
  });
  const last = changes.at(-1);
  const oldest = last ? `revision ${last.revision}` : `revision ${state.revision}`;
  return {
    kind: 'compliance',
    title: 'Compliance',
    about: `Every rule of the house for every service, as today's rules judge. "Since" is the last change on which they would have judged otherwise; a dash means before ${oldest}, the oldest that was looked at.`,
    subject,
    figures: figuresOf(judged),
    cards: cardsOf(state),
    stages: environment.rules.stages,
    sections: [
      breachesSection(judged),
      overridesSection(material, judged),
      rulesSection(material, judged),
      matrixSection(constraints, judged),
      servicesSection(judged),
      verdictsSection(environment, constraints, judged),
    ],
  };
}

function figuresOf(judged: readonly Judged[]): Report['figures'] {
  return standings.map((standing) => {
    const count = judged.filter((one) => one.standing === standing).length;
    const tone = count === 0 || standing === 'off' ? undefined : tones[standing];
    return { label: standing, value: String(count), ...(tone ? { tone } : {}) };
  });
}

function breachesSection(judged: readonly Judged[]): Section {
  const rows = judged.flatMap((one) =>
    [...groupsOf(one.findings, ({ fact, remedy }) => JSON.stringify([fact, remedy])).values()].map(
      (alike) => {
        const [first] = alike;
        const objects = alike.map(({ object }) => object).join(' ');
        const what = [one.rule, one.service ?? nobody, objects, first?.fact ?? '', first?.remedy ?? ''];
        return {
          rank: standings.indexOf(one.standing),
          cells: [marked(one.standing), ...what, ...sinceCells(one.since)],
        };
      },
    ),
  );
  return {
    id: 'breaches',
    title: 'What is not kept',
    note: 'Broken: an error. Incomplete: an error that is put up with while a service is built up. Warned: the rule only warns. Excused: an override puts up with it.',
    columns: [...columns('Verdict', 'Rule', 'Service', 'Objects', 'Fact', 'Remedy'), ...sinceColumns],
    rows: rows.sort((a, b) => a.rank - b.rank).map(({ cells }) => cells),
  };
}

function overridesSection(
  { environment, state, lineOf, inForceSince }: ComplianceMaterial,
  judged: readonly Judged[],
): Section {
  return {
    id: 'overrides',
    title: 'Overrides',
    note: 'Exceptions in rules.yml. One that excuses nothing today may be taken out.',
    columns: [
      ...columns('Services', 'Rules', 'Reason', 'Stands in'),
      ...numbers('Services matched', 'Verdicts excused'),
      { name: 'In force since', kind: 'time' },
      ...numbers('Operation'),
    ],
    rows: environment.rules.overrides.map((override, index): Cell[] => {
      const { services, reason, settings } = override;
      const matched = state.services.filter(({ name }) => matchesPattern(services, name)).length;
      const excused = judged.filter(
        (one) => one.standing === 'excused' && one.overrides.includes(override),
      ).length;
      const since = inForceSince(override);
      const line = lineOf(['overrides', index]);
      return [
        ...[
          services,
          Object.keys(settings).join(' '),
          reason,
          line === null ? 'rules.yml' : `rules.yml:${line}`,
        ],
        ...[matched, { text: String(excused), ...(excused === 0 ? { tone: 'warn' as const } : {}) }],
        ...(since ? [minuteOf(since.startedAt), since.id] : ['no operation yet', '-']),
      ];
    }),
  };
}

function rulesSection(
  { environment: { rules }, constraints }: ComplianceMaterial,
  judged: readonly Judged[],
): Section {
  const byRule = groupsOf(judged, ({ rule }) => rule);
  return {
    id: 'rules',
    title: 'Rules',
    note: 'Each with its level and parameters, overrides left out.',
    columns: [...columns('Rule', 'Kind', 'Level', 'Parameters', 'What it demands'), ...numbers(...standings)],
    rows: constraints.map((rule): Cell[] => {
      const mine = byRule.get(rule.code) ?? [];
      const parameters = Object.entries(parametersFor(rules, rule.code, null, rule.parameters))
        .map(([name, value]) => `${name}: ${typeof value === 'object' ? value.join(' ') || 'none' : value}`)
        .join(', ');
      return [
        ...[
          rule.code,
          rule.kind,
          levelFor(rules, rule.code, null, rule.level),
          parameters || '-',
          rule.summary,
        ],
        ...standings.map((standing): Cell => {
          const count = mine.filter((one) => one.standing === standing).length;
          return count === 0 ? { text: '0', tone: 'dim' } : { text: String(count), tone: tones[standing] };
        }),
      ];
    }),
  };
}
