import { describe } from '@jest/globals';
import { containerVersion } from '../../src/constraints/containerVersion.ts';
import { versionPinned } from '../../src/constraints/versionPinned.ts';
import { changeRow, makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable } from '../support/constraints.ts';

const state = makeState({ webapp: {} });
const first = 'webapp-stack1-app1';
const second = 'webapp-stack1-app2';
const third = 'webapp-stack1-app3';

describe('container-version', () => {
  judgeTable(containerVersion, [
    { name: 'a tag and its digest', state, findings: [] },
    ...['', 'v 1', 'v1\n', '-v1', 'a'.repeat(129)].map((version) => ({
      name: `the version ${JSON.stringify(version.slice(0, 9))}`,
      state: changeRow(state, 'containers', first, { version }),
      findings: [[first, `its version ${JSON.stringify(version)} is no image tag`] as const],
    })),
    ...[
      ...['', 'sha256:', 'sha256:abc', `sha256:${'A'.repeat(64)}`, 'a'.repeat(64)],
      ...[`sha256:${'a'.repeat(65)}`, `x@sha256:${'a'.repeat(64)}`],
    ].map((digest) => ({
      name: `the digest ${JSON.stringify(digest.slice(0, 12))} of ${digest.length} characters`,
      state: changeRow(state, 'containers', second, { digest }),
      findings: [[second, `its digest ${JSON.stringify(digest)} is none`] as const],
    })),
    {
      name: 'a container of no stack',
      state: changeRow(state, 'containers', first, { stack: 'gone', version: '' }),
      findings: [[first, 'is no image tag']],
    },
  ]);
});

const floating = makeState({ webapp: { versions: ['latest', 'latest', 'main'] } });

describe('version-pinned', () => {
  judgeTable(versionPinned, [
    { name: 'numbered versions', state, findings: [] },
    {
      name: 'a floating tag at production',
      state: floating,
      findings: [[first, 'latest is a floating tag, which stage prod forbids']],
    },
    {
      name: 'a floating tag elsewhere',
      state: makeState({ webapp: { versions: ['v1', 'latest', 'latest'] } }),
      findings: [],
    },
    {
      name: 'above all stages',
      state: makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'latest'] } }),
      environment: { rules: ruleSet('version-pinned', { stages: ['prod', 'qa', 'dev'] }) },
      findings: [],
    },
    {
      name: 'more stages',
      state: floating,
      environment: { rules: ruleSet('version-pinned', { stages: ['prod', 'dev'] }) },
      findings: [
        [first, 'stage prod forbids'],
        [third, 'main is a floating tag, which stage dev forbids'],
      ],
    },
    {
      name: 'another list of tags',
      state: floating,
      environment: { rules: ruleSet('version-pinned', { floating: ['rolling'] }) },
      findings: [],
    },
    {
      name: 'a tag that rules.yml calls floating',
      state,
      environment: { rules: ruleSet('version-pinned', { floating: ['v0.1'] }) },
      findings: [[first, 'v0.1 is a floating tag']],
    },
  ]);
});
