import { describe, expect, it } from '@jest/globals';
import { changeExternal, type ChangeExternal } from '../../src/actions/changeExternal.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { external, targetsIn, withExternals } from '../support/trees.ts';

const state = frozen(
  withExternals(makeState({ webapp: {} }), external('mq'), external('db', ['prod=a:1', 'qa=b:2', 'dev=c:3'])),
);
const change = (targets: string[], dropped: string[] = []): ChangeExternal => ({
  name: 'db',
  targets: external('db', targets).targets,
  dropped,
});

describe('changeExternal', () => {
  it.each([
    ['another target in its place', change(['qa=d:4']), ['prod=a:1', 'qa=d:4', 'dev=c:3']],
    ['several at once', change(['dev=d:4', 'prod=e:5']), ['prod=e:5', 'qa=b:2', 'dev=d:4']],
    [
      'one for a stage that had none',
      change(['staging=d:4', 'qa=e:5']),
      ['prod=a:1', 'qa=e:5', 'dev=c:3', 'staging=d:4'],
    ],
    ['none at a stage', change([], ['prod', 'dev']), ['qa=b:2']],
    ['none any more', change([], ['prod', 'qa', 'dev']), []],
    ['one stage for another', change(['staging=d:4'], ['qa']), ['prod=a:1', 'dev=c:3', 'staging=d:4']],
    // Whether that makes sense is for the constraints to judge, so none is lost on the way.
    ['two at one stage', change(['qa=d:4', 'qa=e:5']), ['prod=a:1', 'qa=d:4', 'qa=e:5', 'dev=c:3']],
  ])('gives it %s', (_case, given, expected) => {
    const next = accepted(changeExternal(state, given));
    expect(targetsIn(next).filter((text) => text.startsWith('db'))).toEqual(
      expected.map((text) => `db: ${text}`),
    );
    expect({ ...next.externals[1], targets: [] }).toEqual({ ...state.externals[1], targets: [] });
    expect({ ...next, externals: [] }).toEqual({ ...state, externals: [] });
    expect(next.externals[0]).toBe(state.externals[0]);
  });

  it.each([
    [
      'one that is not there',
      { ...change([]), name: 'nobody' },
      "names: nobody: there is no such external service. Remedy: see 'cmanage show externals'",
    ],
    [
      'to drop targets that it has not',
      change(['qa=d:4'], ['staging', 'prod', 'test']),
      "names: db: it has no target at stage staging, test. Remedy: see 'cmanage show external db'",
    ],
  ])('refuses %s', (_case, given, expected) => {
    expect(refusalsInFull(changeExternal(state, given))).toEqual([expected]);
  });
});
