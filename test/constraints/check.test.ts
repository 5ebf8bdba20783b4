import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { popService, release } from '../../src/actions/processes.ts';
import { check, judge } from '../../src/constraints/check.ts';
import { stackVersions } from '../../src/constraints/stackVersions.ts';
import type { Environment } from '../../src/model/environment.ts';
import { defaultRules, type Rules } from '../../src/model/rules.ts';
import type { State } from '../../src/model/state.ts';
import {
  changeRow,
  makeEnvironment,
  makeFacts,
  makeHost,
  makeState,
  quiet,
  ruleSet,
  type ServiceSketch,
} from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { withLinks } from '../support/links.ts';
import { withTree } from '../support/trees.ts';

function verdict(before: State, next: State, environment: Environment = makeEnvironment()): string[] {
  return check(before, next, quiet(environment)).map(
    ({ level, code, object }) => `${level} ${code} ${object}`,
  );
}

const webapp = (given: ServiceSketch = {}): State => makeState({ webapp: given });
const good = webapp();
const falling = webapp({ versions: ['v3', 'v2', 'v3'] });

describe('check: correctness', () => {
  it('has nothing to say of a correct change', () => {
    expect(verdict(good, webapp({ hosts: ['docker01', 'docker02'] }))).toEqual([]);
  });

  it('makes a new breach an error', () => {
    expect(verdict(good, falling)).toEqual(['error stack-versions webapp-stack1-app2']);
  });

  it('makes a breach an error for a new service too', () => {
    expect(verdict(makeState(), falling)).toEqual(['error stack-versions webapp-stack1-app2']);
  });

  it('makes a breach that was there before a warning', () => {
    const next = { ...falling, endpoints: webapp({ endpoints: { prod: {} } }).endpoints };
    expect(verdict(falling, next)).toEqual(['warn stack-versions webapp-stack1-app2']);
  });

  it('tells a new breach from an old one of the same rule', () => {
    const worse = changeRow(falling, 'containers', 'webapp-stack1-app3', { version: 'v1' });
    expect(verdict(falling, worse)).toEqual([
      'warn stack-versions webapp-stack1-app2',
      'error stack-versions webapp-stack1-app3',
    ]);
  });

  it('forgets a breach that the change repairs', () => {
    expect(verdict(falling, good)).toEqual([]);
  });

  it('lets a change through that lessens an old breach, of a host over its limit', () => {
    const versions = Array<string>(7).fill('v1');
    const environment = makeEnvironment({ hosts: [makeHost('docker01', { maxContainers: 5 })] });
    const before = webapp({ versions });
    const popped = accepted(popService(before, { service: 'webapp', position: 0, single: false }));
    expect(verdict(before, popped, environment)).toEqual(['warn host-capacity docker01']);
    const facts = makeFacts('registry.example/webapp', ['v2']);
    const request = { service: 'webapp', versions: ['v2'] };
    const pushed = accepted(release(before, request, environment, facts));
    expect(verdict(before, pushed, environment)).toEqual(['error host-capacity docker01']);
  });

  it('lets a pop through that only moves an old breach down', () => {
    const before = webapp({ versions: ['v1', 'abc', 'def', 'ghi', 'jkl'] });
    const popped = accepted(pop(before, { stack: 'webapp-stack1', position: 0 }));
    expect(verdict(before, popped)).toEqual([
      'warn stack-versions webapp-stack1-app3',
      'warn stack-versions webapp-stack1-app4',
      'warn stack-versions webapp-stack1-app5',
    ]);
  });
});

describe('check: completeness', () => {
  it('lets a new service be incomplete, and says so', () => {
    expect(verdict(makeState(), webapp({ versions: ['v1'] }))).toEqual(['warn stack-height webapp-stack1']);
    expect(verdict(good, makeState({ webapp: {}, shop: { hosts: [] } }))).toEqual([
      'warn service-stacks shop',
    ]);
  });

  it('does not let a complete service become incomplete', () => {
    expect(verdict(good, webapp({ versions: ['v1', 'v2'] }))).toEqual(['error stack-height webapp-stack1']);
    expect(verdict(good, webapp({ hosts: [] }))).toEqual(['error service-stacks webapp']);
  });

  it.each([
    ['worse', ['v1'], ['error stack-height webapp-stack1']],
    ['no better', ['v1', 'v3'], ['warn stack-height webapp-stack1']],
    ['complete', ['v1', 'v2', 'v3'], []],
  ])('judges an incomplete service that becomes %s', (_case, versions, expected) => {
    expect(verdict(webapp({ versions: ['v1', 'v2'] }), webapp({ versions }))).toEqual(expected);
  });

  it('lets an incomplete service become less so', () => {
    expect(verdict(webapp({ versions: [] }), webapp({ versions: ['v1', 'v2'] }))).toEqual([
      'warn stack-height webapp-stack1',
    ]);
  });

  it('does not let a complete service get an incomplete stack', () => {
    const two = webapp({ hosts: ['docker01', 'docker02'] });
    const containers = two.containers.filter((row) => row.name !== 'webapp-stack2-app3');
    expect(verdict(good, { ...two, containers })).toEqual([
      'error stack-height webapp-stack2',
      'error stack-twins webapp-stack2',
    ]);
  });
});

describe('check: old breaches', () => {
  const shop = { versions: ['v2', 'v1', 'v3'] };
  const both = makeState({ shop, webapp: {} });
  const higher = { versions: ['v0.1', 'v0.2', 'v0.3', 'v0.4'] };
  const full = makeEnvironment({ hosts: [makeHost('docker01', { maxContainers: 5 })] });
  const unordered = makeEnvironment({ rules: ruleSet('stack-versions', { unordered: 'warn' }) });
  const warned = makeEnvironment({ rules: ruleSet('stack-versions', { level: 'warn' }) });
  const odd = { versions: ['v1', 'latest', 'latest'] };

  it.each<[string, State, State, Environment, string[]]>([
    [
      'of a service that the change does not touch are not told',
      both,
      makeState({ shop, webapp: higher }),
      makeEnvironment(),
      [],
    ],
    [
      'of one that it touches are warnings',
      makeState({ shop, webapp: {} }),
      makeState({ shop: { ...shop, versions: [...shop.versions, 'v4'] }, webapp: {} }),
      makeEnvironment(),
      ['warn stack-versions shop-stack1-app2'],
    ],
    [
      'of no one service are warnings, whatever the change touches',
      both,
      { ...both, endpoints: makeState({ shop: { endpoints: { prod: {} } } }).endpoints },
      full,
      ['warn stack-versions shop-stack1-app2', 'warn host-capacity docker01'],
    ],
    [
      'that are only warnings are not told again',
      falling,
      changeRow(falling, 'services', 'webapp', { nextStack: 9 }),
      warned,
      [],
    ],
    [
      'that rules.yml puts up with are not told again',
      webapp(odd),
      changeRow(webapp(odd), 'services', 'webapp', { nextStack: 9 }),
      unordered,
      [],
    ],
  ])('%s', (_case, before, next, environment, expected) => {
    expect(verdict(before, next, environment)).toEqual(expected);
  });

  it('that get worse are errors also of a service that the change does not touch', () => {
    const front = { port: 80, url: 'a.example' };
    const shopFront = { endpoints: { prod: front } };
    const before = makeState({ webapp: {}, shop: shopFront });
    const next = makeState({ webapp: { endpoints: { prod: front } }, shop: shopFront });
    expect(verdict(before, next)).toEqual(['error ports shop-endpoint-prod']);
  });

  it('are not mistaken for new ones of another aspect of the same object', () => {
    const services = makeState({ webapp: { endpoints: { prod: {} } }, mail: {} });
    const hanging = withLinks(withTree(services, 'webapp-endpoint-prod', 'mail > webapp'));
    const circle = withLinks(withTree(hanging, 'webapp-endpoint-prod', 'webapp > webapp'));
    expect(verdict(hanging, circle)).toEqual([
      'warn tree-shape webapp-endpoint-prod',
      'error tree-shape webapp-endpoint-prod',
    ]);
  });
});

describe('check: what only rules.yml softens', () => {
  it('is a warning where it is new', () => {
    const environment = makeEnvironment({ rules: ruleSet('stack-versions', { unordered: 'warn' }) });
    expect(verdict(good, webapp({ versions: ['v1', 'latest', 'latest'] }), environment)).toEqual([
      'warn stack-versions webapp-stack1-app2',
    ]);
    expect(verdict(good, falling, environment)).toEqual(['error stack-versions webapp-stack1-app2']);
  });

  it('is nothing where the rule is off', () => {
    const rules = ruleSet('stack-versions', { level: 'off', unordered: 'warn' });
    const odd = webapp({ versions: ['v1', 'latest', 'latest'] });
    expect(verdict(good, odd, makeEnvironment({ rules }))).toEqual([]);
    expect(judge(odd, quiet(makeEnvironment({ rules })))).toEqual([]);
  });
});

describe('check: how much is missing', () => {
  const uneven = makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: ['v1', 'v2'] } });
  const first = {
    ...uneven,
    containers: uneven.containers.filter((row) => row.name !== 'webapp-stack1-app2'),
  };
  const equal = { ...first, containers: first.containers.filter((row) => row.name !== 'webapp-stack2-app2') };
  const twinless = makeEnvironment({ rules: ruleSet('stack-twins', { level: 'off' }) });

  it.each<[string, State, State, string[]]>([
    ['one more stack as low as the lowest is no worse', first, equal, ['warn', 'warn']],
    [
      'a stack that is lower than the lowest is; the other one is as it was',
      uneven,
      first,
      ['error', 'warn'],
    ],
  ])('%s', (_case, before, next, levels) => {
    expect(verdict(before, next, twinless)).toEqual(
      levels.map((level, index) => `${level} stack-height webapp-stack${index + 1}`),
    );
  });
});

describe('check: every breach', () => {
  it('is reported, not the first, each with all that an operator needs', () => {
    const bad = changeRow(
      changeRow(
        webapp({ versions: ['v2', 'v1'], endpoints: { prod: { pointer: 7, stage: 'x', port: 0 } } }),
        'stacks',
        'webapp-stack1',
        { host: 'gone' },
      ),
      'services',
      'webapp',
      { image: 'NO' },
    );
    const violations = check(good, bad, quiet(makeEnvironment()));
    expect(violations.map(({ code }) => code)).toEqual([
      'endpoint-service',
      'endpoint-service',
      'stack-versions',
      'stack-height',
      'names',
      'ports',
      'host-known',
    ]);
    for (const { code, object, fact, remedy } of violations) {
      for (const part of [code, object, fact, remedy]) expect(part.trim()).not.toBe('');
    }
  });
});

const low = webapp({ versions: ['v1', 'v2'] });

function overridden(services: string, level: 'error' | 'warn' | 'off'): Rules {
  const settings = { 'stack-height': { level, parameters: {} } };
  return { ...defaultRules, overrides: [{ services, reason: 'a test', settings }] };
}

describe('check: levels', () => {
  it.each([
    ['error', ruleSet('stack-height', { level: 'error' }), ['error stack-height webapp-stack1']],
    ['warn', ruleSet('stack-height', { level: 'warn' }), ['warn stack-height webapp-stack1']],
    ['off', ruleSet('stack-height', { level: 'off' }), []],
    ['off by the name', overridden('webapp', 'off'), []],
    ['warn by a wildcard', overridden('web*', 'warn'), ['warn stack-height webapp-stack1']],
    ['off for another', overridden('shop*', 'off'), ['error stack-height webapp-stack1']],
  ])('%s', (_case, rules, expected) => {
    expect(verdict(good, low, makeEnvironment({ rules }))).toEqual(expected);
  });

  it('does not raise a rule that rules.yml set to warn, nor show one that is off for an old breach', () => {
    const rules = ruleSet('stack-versions', { level: 'off' });
    expect(verdict(falling, falling, makeEnvironment({ rules }))).toEqual([]);
  });
});

describe('judge: each breach', () => {
  it('is told with its kind, and all that an operator needs', () => {
    const state = webapp({ versions: ['v2', 'v1'] });
    expect(judge(state, quiet(makeEnvironment()))).toEqual([
      {
        code: 'stack-versions',
        kind: 'correct',
        level: 'error',
        object: 'webapp-stack1-app2',
        service: 'webapp',
        fact: 'v1 cannot stand on v2 at position 0 of webapp-stack1, which is later',
        remedy: 'release v2 or later',
      },
      {
        code: 'stack-height',
        kind: 'complete',
        level: 'error',
        object: 'webapp-stack1',
        service: 'webapp',
        fact: 'height 2 is too low: there are 3 stages',
        remedy: 'release a version on webapp first',
      },
    ]);
  });

  it('is at most a warning where the finding says so', () => {
    const rules = ruleSet('stack-versions', { unordered: 'warn' });
    const odd = webapp({ versions: ['v1', 'latest', 'v1'] });
    expect(judge(odd, makeEnvironment({ rules }), [stackVersions]).map(({ level }) => level)).toEqual([
      'warn',
      'warn',
    ]);
  });

  it('is judged by the rules it is given alone', () => {
    expect(judge(falling, makeEnvironment(), [])).toEqual([]);
    expect(judge(falling, makeEnvironment(), [stackVersions]).map(({ code }) => code)).toEqual([
      'stack-versions',
    ]);
  });
});

describe('judge', () => {
  it('tells everything that is incorrect or incomplete, by the levels of the rules', () => {
    const state = webapp({ versions: ['v2', 'v1'] });
    const levels = (rules: Rules) =>
      judge(state, quiet(makeEnvironment({ rules }))).map(({ level, code }) => `${level} ${code}`);
    expect(levels(defaultRules)).toEqual(['error stack-versions', 'error stack-height']);
    expect(levels(ruleSet('stack-height', { level: 'warn' }))).toEqual([
      'error stack-versions',
      'warn stack-height',
    ]);
    expect(levels(ruleSet('stack-versions', { level: 'off' }))).toEqual(['error stack-height']);
  });
});
