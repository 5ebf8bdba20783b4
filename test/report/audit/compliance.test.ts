import { describe, expect, it } from '@jest/globals';
import { constraints } from '../../../src/constraints/all.ts';
import type { Environment } from '../../../src/model/environment.ts';
import { emptyState, type State } from '../../../src/model/state.ts';
import { complianceReport } from '../../../src/report/audit/compliance.ts';
import { textOf, type Report } from '../../../src/report/audit/report.ts';
import { sincesOf } from '../../../src/report/audit/sinceWhen.ts';
import { cellKey, verdictsOf } from '../../../src/report/audit/verdicts.ts';
import { changeRow, makeEnvironment, makeState } from '../../support/makeState.ts';
import { chronicleOf, type Deed } from '../../support/recorded.ts';
import { edge, shop, shopMaterial, shopRules } from '../../support/shop.ts';

const environment = makeEnvironment({ rules: shopRules });

const standingOf = (state: State, service: string, rule: string, where: Environment = environment): string =>
  verdictsOf(state, where, constraints).find((one) => one.service === service && one.rule === rule)
    ?.standing ?? 'none';

describe('how a service stands to a rule', () => {
  it('is judged for every service and every rule, and for what is of no one service', () => {
    const verdicts = verdictsOf(shop(), environment, constraints);
    expect(verdicts).toHaveLength(5 * constraints.length);
    expect(new Set(verdicts.map(({ service }) => service))).toEqual(
      new Set([null, 'admin', 'legacy', 'training', 'webapp']),
    );
  });

  it.each([
    ['kept', shop(), 'webapp', 'stack-height'],
    [
      'broken',
      changeRow(shop(), 'containers', 'webapp-stack1-app3', { version: 'v0' }),
      'webapp',
      'stack-versions',
    ],
    ['incomplete', shop(), 'legacy', 'stack-height'],
    ['warned', shop(), 'legacy', 'memory-limit'],
    ['excused', shop(), 'legacy', 'host-loss'],
    ['off', shop(), 'webapp', 'links'],
  ])('is %s', (standing, state, service, rule) => {
    expect(standingOf(state, service, rule)).toBe(standing);
  });

  it('is as the rule finds it where an override changes nothing', () => {
    const verdicts = verdictsOf(shop(), environment, constraints);
    const ports = verdicts.find(({ service, rule }) => service === 'legacy' && rule === 'ports');
    expect(ports).toMatchObject({ standing: 'kept', overrides: shopRules.overrides });
  });
});

const deed = (day: string, next: State, command: string): Deed => ({
  ...{ next, command, startedAt: `2026-11-${day}T10:00:00.000Z` },
});

/** webapp comes, is short of a version, loses its twin, and then another service changes. */
const full = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {}, dev: {} } },
});
const lone = makeState({ webapp: { hosts: ['docker01'], endpoints: { prod: {}, qa: {}, dev: {} } } });
const withOther = (state: State, versions: string[]): State => {
  const both = makeState({
    webapp: { hosts: state.stacks.map(({ host }) => host), endpoints: { prod: {}, qa: {}, dev: {} } },
    other: { hosts: ['docker03'], versions },
  });
  return both;
};
const story = chronicleOf(emptyState, [
  deed('01', full, 'addservice webapp'),
  deed('02', lone, 'scale webapp --stacks 1'),
  deed('03', withOther(lone, ['v1', 'v1', 'v1']), 'addservice other'),
  deed('04', withOther(lone, ['v1', 'v1', 'v2']), 'release other'),
]);

describe('since when', () => {
  const sinces = sincesOf(story.state, story.changes, environment, constraints);
  const sinceOf = (service: string, rule: string): number | undefined =>
    sinces.get(cellKey(service, rule))?.id;

  it('is the change on which the rule would have judged otherwise, or the one that made the service', () => {
    expect(standingOf(story.state, 'webapp', 'host-loss')).toBe('incomplete');
    expect(sinceOf('webapp', 'host-loss')).toBe(2);
    expect(sinceOf('webapp', 'stack-height')).toBe(1);
    expect(sinceOf('other', 'host-loss')).toBe(3);
    expect(sinces.size).toBe(2 * constraints.length);
  });

  it('is not known of what is older than the changes that are there', () => {
    const recent = sincesOf(story.state, story.changes.slice(0, 2), environment, constraints);
    expect(recent.get(cellKey('webapp', 'host-loss'))).toBeUndefined();
    expect(recent.get(cellKey('other', 'host-loss'))?.id).toBe(3);
  });

  it('sees what a change of another service of the tree does to one', () => {
    const base = {
      web: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } },
      sub: { hosts: ['docker01', 'docker02'] },
    };
    const before = { ...makeState(base), edges: [edge('web-endpoint-prod', 'web', 'sub')] };
    const uneven = {
      ...before,
      containers: before.containers.filter(({ name }) => name !== 'sub-stack2-app3'),
    };
    // The endpoint of web is moved to position 2, where sub has a container on one host alone.
    const moved = changeRow(uneven, 'endpoints', 'web-endpoint-prod', { pointer: 2 });
    const { state, changes } = chronicleOf(emptyState, [deed('01', uneven, 'a'), deed('02', moved, 'b')]);
    expect(standingOf(state, 'sub', 'host-loss')).toBe('incomplete');
    expect(sincesOf(state, changes, environment, constraints).get(cellKey('sub', 'host-loss'))?.id).toBe(2);
  });

  it('says the same as judging each state of the past as a whole', () => {
    const states = [
      withOther(lone, ['v1', 'v1', 'v2']),
      withOther(lone, ['v1', 'v1', 'v1']),
      lone,
      full,
      emptyState,
    ];
    for (const { service, rule } of verdictsOf(story.state, environment, constraints)) {
      if (service === null) continue;
      const now = standingOf(story.state, service, rule);
      const first = states.findIndex((state) => standingOf(state, service, rule) !== now);
      expect([service, rule, sinces.get(cellKey(service, rule))?.id]).toEqual([service, rule, 5 - first]);
    }
  });
});

function reportOf(given: Partial<Parameters<typeof complianceReport>[0]> = {}): Report {
  const { state, history, changes } = story;
  const material = shopMaterial({ state, history });
  const inForceSince = () => ({ id: 2, startedAt: '2026-11-02T10:00:00.000Z' });
  return complianceReport({ ...material, constraints, changes, lineOf: () => 7, inForceSince, ...given });
}

const rowsOf = (report: Report, id: string): string[][] =>
  report.sections.find((section) => section.id === id)?.rows.map((row) => row.map(textOf)) ?? [];

describe('the report', () => {
  it('lists what is not kept with its remedy, since when and by whom, the gravest first', () => {
    const rows = rowsOf(reportOf(), 'breaches');
    expect(rows.find((row) => row[1] === 'host-loss' && row[2] === 'webapp')).toEqual([
      ...[
        'incomplete',
        'host-loss',
        'webapp',
        'webapp',
        'all its containers are on docker01, and are lost with it',
      ],
      ...[
        "give it another stack by 'cmanage scale webapp --stacks 2'",
        '2026-11-02 10:00',
        '2',
        'alice@admin',
      ],
    ]);
    const ranks = rows.map(([verdict = '']) =>
      ['broken', 'incomplete', 'warned', 'excused'].indexOf(verdict),
    );
    expect(ranks).toEqual(ranks.toSorted());
  });

  it('gives each override with its reason, its place, what it excuses and since when', () => {
    const report = reportOf({ state: shop(), changes: [] });
    expect(rowsOf(report, 'overrides')).toEqual([
      ['leg*', 'host-loss ports', 'INC-7: one licence', 'rules.yml:7', '1', '1', '2026-11-02 10:00', '2'],
    ]);
    const unused = reportOf({ inForceSince: () => null });
    expect(rowsOf(unused, 'overrides')[0]?.slice(4)).toEqual(['0', '0', 'no operation yet', '-']);
  });

  it('has a sign for every rule and every service, and a row for each of them in the data', () => {
    const report = reportOf({ state: shop(), changes: [] });
    const matrix = report.sections.find(({ id }) => id === 'matrix');
    expect(matrix?.columns.map(({ name }) => name)).toEqual([
      'Service',
      ...constraints.map(({ code }) => code),
    ]);
    const legacy = rowsOf(report, 'matrix').find(([service]) => service === 'legacy');
    const signOf = (rule: string): string | undefined =>
      legacy?.[constraints.findIndex(({ code }) => code === rule) + 1];
    expect(['stack-height', 'memory-limit', 'host-loss', 'links', 'ports', 'names'].map(signOf)).toEqual([
      ...['○', '!', 'e*', '–', '✓*', '✓'],
    ]);
    expect(rowsOf(report, 'verdicts')).toHaveLength(5 * constraints.length);
    expect(
      rowsOf(report, 'verdicts').find(([service, rule]) => service === 'legacy' && rule === 'host-loss'),
    ).toEqual([
      ...['legacy', 'host-loss', 'off', 'excused', '-', '-', '-'],
      ...['legacy: all its containers are on docker03, and are lost with it', 'leg*: INC-7: one licence'],
    ]);
  });

  it('puts together what is alike since the same operation', () => {
    const rows = rowsOf(reportOf(), 'services').filter(([service]) => service === 'webapp');
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['webapp', 'kept', '2026-11-01 10:00', '1'],
      ['webapp', 'off', '2026-11-01 10:00', '1'],
      ['webapp', 'incomplete', '2026-11-02 10:00', '2'],
      ['webapp', 'warned', '2026-11-01 10:00', '1'],
    ]);
  });

  it('counts the verdicts of each rule, and all of them', () => {
    const report = reportOf({ state: shop(), changes: [] });
    const loss = rowsOf(report, 'rules').find(([rule]) => rule === 'host-loss');
    expect(loss?.slice(5)).toEqual(['0', '0', '0', '1', '0', '4']);
    const sum = report.figures.reduce((total, { value }) => total + Number(value), 0);
    expect(sum).toBe(5 * constraints.length);
  });
});
