import { describe, expect, it } from '@jest/globals';
import { constraints } from '../../src/constraints/all.ts';
import { withLinks } from '../support/links.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';

describe('the list of constraints', () => {
  it('names each rule once, with a sentence on what it demands', () => {
    const codes = constraints.map((rule) => rule.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, summary } of constraints) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(summary).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('says of each rule whether it may be unmet for a while, what it speaks of, and its level', () => {
    const table = constraints.map(
      ({ code, kind, concerns, level }) => `${code} ${kind} ${concerns} ${level}`,
    );
    expect(table).toEqual([
      'endpoint-service correct serving error',
      'service-stacks complete serving error',
      'stack-service correct serving error',
      'stack-versions correct serving error',
      'stack-height complete serving error',
      'stack-twins correct serving error',
      'stack-hosts correct serving error',
      'tree-count complete serving error',
      'height-trees correct serving error',
      'container-version correct standing error',
      'version-pinned correct serving error',
      'tree-shape correct serving error',
      'tree-unambiguous correct serving error',
      'names correct standing error',
      'ports correct standing error',
      'endpoint-options correct serving error',
      'host-known correct standing error',
      'host-capacity correct standing error',
      'host-labels correct standing error',
      'host-loss complete serving error',
      'links correct serving error',
      'memory-limit complete serving warn',
      'profile correct standing error',
    ]);
  });

  it('finds nothing wrong with a correct and complete state', () => {
    const settings = { memory: 2 ** 28 };
    const services = makeState({
      webapp: { settings, hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {}, dev: {} } },
      training: { settings, hosts: ['docker02', 'docker03'] },
    });
    const edge = { parent: 'webapp', child: 'training', position: null, drainLimit: null };
    const edges = services.endpoints.map(({ name }) => ({ endpoint: name, ...edge }));
    const state = withLinks({ ...services, edges });
    const world = { state, environment: makeEnvironment() };
    expect(constraints.flatMap((rule) => rule.judge(world))).toEqual([]);
  });

  it('has five that may be unmet while a service is built up; the others always hold', () => {
    const unmet = constraints.filter((rule) => rule.kind !== 'correct');
    expect(unmet.map(({ code, kind }) => [code, kind])).toEqual([
      ['service-stacks', 'complete'],
      ['stack-height', 'complete'],
      ['tree-count', 'complete'],
      ['host-loss', 'complete'],
      ['memory-limit', 'complete'],
    ]);
  });

  it('offers choices where a parameter is not free', () => {
    const offered = constraints.filter((rule) => Object.keys(rule.choices).length > 0);
    expect(Object.fromEntries(offered.map(({ code, choices }) => [code, choices]))).toEqual({
      'stack-versions': {
        order: ['incremental', 'equal'],
        by: ['semver', 'date', 'created'],
        unordered: ['refuse', 'warn', 'allow'],
      },
      'tree-count': { count: ['stages', 'endpoints'] },
      links: { unassigned: ['last-stage', 'none'] },
      profile: { least: ['engine', 'baseline', 'strict'] },
    });
  });

  it('has a default among the choices of every parameter that offers some', () => {
    for (const { parameters, choices } of constraints) {
      for (const [name, words] of Object.entries(choices)) {
        expect(words).toEqual(expect.arrayContaining([parameters[name]].flat()));
      }
    }
  });
});
