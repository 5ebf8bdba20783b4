import { describe, expect, it } from '@jest/globals';
import { driftOfHosts, type Known, type Meant, type Observed } from '../../src/plan/drift.ts';
import { specHash, specOf } from '../../src/plan/spec.ts';
import { makeState } from '../support/makeState.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] }, mail: { hosts: ['docker02'] } });
const meant: Meant = (spec) => ({ labels: { version: spec.version }, limits: { Memory: '64', Pids: '5' } });
const known: Known = {
  meant,
  explained: new Set(['docker01 half']),
  handled: new Set(['4 docker01 stray', `4 docker01 webapp-stack1-app1`]),
};

/** What an engine has where all is as it should be, but for `change`. */
function observed(name: string, change: Partial<Observed> = {}): Observed {
  const row = state.containers.find((container) => container.name === name);
  if (!row) throw new Error(`no container ${name}`);
  const spec = specOf(state, row);
  const { service, stack, image, hostPort } = spec;
  return {
    ...{ id: `id-${name}`, spec: specHash(spec), operation: 1, isStarting: false, startedAt: '' },
    ...{ name, isOurs: true, madeAs: name, service, stack, status: 'running', problem: null, image },
    hostPorts: [hostPort],
    labels: { version: spec.version, other: 'anything' },
    limits: { Memory: '64', Pids: '5', Other: 'anything' },
    ...change,
  };
}

const all = (host: string): Observed[] =>
  state.containers
    .filter(({ stack }) => state.stacks.find(({ name }) => name === stack)?.host === host)
    .map(({ name }) => observed(name));

/** What is found on docker01 where its containers are these. */
function found(containers: readonly Observed[], service: string | null = null): string[] {
  const sightings = new Map([
    ['docker01', containers],
    ['docker02', all('docker02')],
  ]);
  return driftOfHosts(state, sightings, service, known).map(
    ({ host, object, kind, fact }) => `${host} ${object} ${kind}: ${fact}`,
  );
}

const first = 'webapp-stack1-app1';
const others = all('docker01').filter(({ name }) => name !== first);

describe('driftOfHosts', () => {
  it('finds nothing where every host has what the state says, whatever else is set', () => {
    expect(found(all('docker01'))).toEqual([]);
  });

  it.each<[string, Partial<Observed>, string[]]>([
    ['stopped', { status: 'exited', problem: 'not asked' }, ['stopped: it is exited']],
    ['unhealthy', { problem: 'GET / answers 500' }, ['unhealthy: GET / answers 500']],
    ['another port', { hostPorts: [1, 2] }, ['port: it publishes port 1, 2 and not 20000']],
    ['no port', { hostPorts: [] }, ['port: it publishes no port and not 20000']],
    [
      'limits',
      { limits: { Memory: '65' } },
      ['limits: Memory is 65 and not 64', 'limits: Pids is not set and not 5'],
    ],
    ['labels', { labels: { version: 'v9' } }, ['labels: version is v9 and not v0.1']],
    ['another name', { name: 'x' }, ['renamed: it is called x now']],
    [
      'foreign',
      { isOurs: false, status: 'exited' },
      ['foreign: a container of this name is there, and this environment did not make it'],
    ],
  ])('finds what is %s', (_case, change, facts) => {
    expect(found([...others, observed(first, change)])).toEqual(
      facts.map((fact) => `docker01 ${first} ${fact}`),
    );
  });

  it('finds an image that is not the pinned one', () => {
    const { image } = observed(first);
    expect(found([...others, observed(first, { image: 'webapp:latest' })])).toEqual([
      `docker01 ${first} image: it was made from webapp:latest and not from ${image}`,
    ]);
  });

  it('finds what is missing; a namesake of another stack is no rename', () => {
    const missing = `docker01 ${first} missing: docker01 does not have it`;
    expect(found(others)).toEqual([missing]);
    const stray = observed(first, { name: 'x', stack: 'mail-stack1' });
    expect(found([...others, stray])).toEqual([missing, 'docker01 x orphan: the state does not have it']);
  });

  it('finds what is ours and not in the state, or on another host', () => {
    const stray = observed(first, { name: 'stray', madeAs: 'stray' });
    expect(found([...all('docker01'), stray, observed('mail-stack1-app1')])).toEqual([
      'docker01 stray orphan: the state does not have it',
      'docker01 mail-stack1-app1 orphan: the state has it on docker02, not here',
    ]);
    expect(found([...all('docker01'), { ...stray, isOurs: false }])).toEqual([]);
  });

  describe('tells of what the state does not have whether heal removes it', () => {
    const remedies = (seen: readonly Observed[]): string[] =>
      driftOfHosts(state, new Map([['docker01', seen]]), null, known).flatMap(({ kind, remedy }) =>
        kind === 'orphan' ? [remedy] : [],
      );
    const stray = (change: Partial<Observed> = {}): Observed =>
      observed(first, { name: 'stray', madeAs: 'stray', operation: 4, ...change });

    it.each<[string, Partial<Observed>, string]>([
      [
        'one that an operation left',
        {},
        "'cmanage history show 4' tells of the operation that made it; 'cmanage heal' removes it",
      ],
      [
        'one of an operation that the journal does not have, as after the restore of an old backup',
        { operation: 5 },
        'heal leaves it: by its label operation 5 made it, of which the journal knows nothing (an old backup?); if it may go, on docker01: docker rm -f stray',
      ],
      [
        'one of another operation of that number',
        { name: 'other', madeAs: 'other' },
        'heal leaves it: by its label operation 4 made it, of which the journal knows nothing (an old backup?); if it may go, on docker01: docker rm -f other',
      ],
      [
        'one that does not say which operation made it',
        { operation: null },
        'heal leaves it: no label names the operation that made it; if it may go, on docker01: docker rm -f stray',
      ],
      [
        'one of an operation that has not come to its end',
        { name: 'half', madeAs: 'half', operation: 5 },
        "an operation that has not come to its end made it: 'cmanage show operations' says which, and what to type",
      ],
    ])('%s', (_case, change, remedy) => {
      expect(remedies([...all('docker01'), stray(change)])).toEqual([remedy]);
    });

    it('one whose name a foreign container took', () => {
      const seen = [...others, observed(first, { isOurs: false }), stray({ madeAs: first })];
      expect(remedies(seen)).toEqual([
        `heal leaves it: it was made as ${first}, and a foreign container has that name; rename or remove that one, then 'cmanage heal'`,
      ]);
    });

    it('and of whatever is spared, why', () => {
      const spared = new Map(['stray', first].map((name) => [name, 'heal leaves it: webapp is frozen']));
      const sightings = new Map([['docker01', [...others, stray()]]]);
      const drifts = driftOfHosts(state, sightings, null, { ...known, spared });
      expect(drifts.map(({ kind, remedy }) => `${kind}: ${remedy}`)).toEqual([
        'missing: heal leaves it: webapp is frozen',
        'orphan: heal leaves it: webapp is frozen',
      ]);
    });
  });

  it('looks at one service alone where it is named', () => {
    expect(found([], 'mail')).toEqual([]);
    expect(found([], 'webapp')).toHaveLength(3);
    expect(found([observed('mail-stack1-app1')], 'mail')).toHaveLength(1);
    expect(found([...all('docker01'), observed('mail-stack1-app1')], 'webapp')).toEqual([]);
  });

  it('tells once of a host that does not answer, and nothing of its containers', () => {
    const sightings = new Map([['docker01', new Error('docker01: it is away')]]);
    expect(driftOfHosts(state, sightings, null, known)).toEqual([
      {
        ...{ kind: 'unreachable', host: 'docker01', service: null, object: 'docker01' },
        ...{
          fact: 'docker01: it is away',
          remedy:
            "see by 'cmanage doctor' what is wrong; nothing is known of its containers until it answers",
        },
      },
    ]);
  });

  it.each<[string, boolean, Partial<Observed> | null, string[]]>([
    ['stopped, as it should be', false, { status: 'exited', limits: { Memory: '64', Pids: '5' } }, []],
    ['stopped, and runs', false, {}, ['running: it is retained, and was stopped']],
    ['stopped, and is gone', false, null, ['missing: docker01 does not have it']],
    ['warm, as it should be', true, {}, []],
    ['warm, and is down', true, { status: 'exited' }, ['stopped: it is exited']],
    [
      'stopped, with other limits',
      false,
      { status: 'exited', limits: { Memory: '1', Pids: '5' } },
      ['limits: Memory is 1 and not 64'],
    ],
  ])('looks at what is retained: %s', (_case, warm, change, facts) => {
    const row = state.containers.find(({ name }) => name === first);
    const kept = row && { ...row, since: 3, retainedAt: 0, warm };
    const next = {
      ...state,
      containers: state.containers.filter(({ name }) => name !== first),
      retained: kept ? [kept] : [],
    };
    const seen = change ? [...others, observed(first, change)] : others;
    const policy: Meant = (spec) => {
      const { labels, limits } = meant(spec);
      return { labels, limits: { ...limits, ...(warm ? {} : { RestartPolicy: 'Name=always' }) } };
    };
    const drifts = driftOfHosts(next, new Map([['docker01', seen]]), null, {
      ...known,
      meant: (spec) => (spec.name === first ? policy(spec) : meant(spec)),
    });
    expect(drifts.map(({ object, kind, fact }) => `${object} ${kind}: ${fact}`)).toEqual(
      facts.map((fact) => `${first} ${fact}`),
    );
  });
});
