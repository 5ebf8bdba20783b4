import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { popService, release } from '../../../src/actions/processes.ts';
import '../../../src/cli/history/replayRules.ts';
import { changeBetween } from '../../../src/model/change.ts';
import { emptyState, type State } from '../../../src/model/state.ts';
import { stackChanges } from '../../../src/plan/preview.ts';
import { summaryOf } from '../../../src/plan/summary.ts';
import { replayText, type Replay } from '../../../src/report/replay.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { beginOperation } from '../../../src/store/journal.ts';
import { loadState } from '../../../src/store/state.ts';
import { execute } from '../../support/database.ts';
import { fileIn, temporaryDirectory } from '../../support/files.ts';
import { makeEnvironment, makeFacts, makeState } from '../../support/makeState.ts';
import { accepted, inShort } from '../../support/outcome.ts';
import { planOf } from '../../support/plans.ts';
import { programOn, type Program } from '../../support/program.ts';

const directory = temporaryDirectory();
const environment = makeEnvironment();

const released = (state: State, version: string): State => {
  const facts = makeFacts('registry.example/webapp', [version]);
  return accepted(release(state, { service: 'webapp', versions: [version] }, environment, facts));
};
const popped = (state: State): State =>
  accepted(popService(state, { service: 'webapp', position: 0, single: false }));

const acts: readonly (readonly [command: string, act: (state: State) => State])[] = [
  // docker03 has left hosts.yml since.
  [
    'addservice webapp',
    () => makeState({ webapp: { hosts: ['docker03', 'docker02'], endpoints: { prod: {} } } }),
  ],
  ['release webapp -v v0.3', (state) => released(state, 'v0.3')],
  ['release webapp -v v0.4', (state) => released(state, 'v0.4')],
  ['pop webapp', popped],
  ['pop webapp', popped],
];

async function record(path: string): Promise<void> {
  const database = await openDatabase(path, { readOnly: false });
  try {
    let state = emptyState;
    for (const [command, act] of acts) {
      const next = act(state);
      const plan = planOf(state, next);
      const summary = summaryOf({ stacks: stackChanges(state, next), plan });
      const start = { command, actor: 'alice@admin', reason: null, baseRevision: state.revision };
      const journal = await beginOperation(database, { ...start, plan, summary });
      await journal.commit(changeBetween(state, next));
      await journal.finish('done', null);
      state = await loadState(database.source);
    }
  } finally {
    await database.source.destroy();
  }
}

describe('cmanage rules replay', () => {
  let program: Program;
  const replay = async (
    rules: string,
    ...args: string[]
  ): Promise<{ code: number | undefined; answer: Replay }> => {
    const file = fileIn(directory, 'new.yml', rules);
    const { code, answer } = await program.run('rules', 'replay', '--rules', file, ...args);
    return { code, answer: answer as Replay };
  };
  const short = ({ refused }: Replay): unknown =>
    refused.map(({ id, command, violations }) => [id, command, [...new Set(violations.map(inShort))]]);

  beforeAll(async () => {
    // What is recorded needs the endpoint's load balancer to be there.
    const balancer = `loadbalancers:
  lb01:
    address: 127.0.0.1
    config: ${join(directory, 'haproxy.cfg')}
    master_socket: ${join(directory, 'master.sock')}
    stats_socket: ${join(directory, 'stats.sock')}
`;
    program = await programOn(directory, null, balancer);
    await record(program.path);
  });

  it('finds nothing wrong by the rules that were in force, though a host has gone since', async () => {
    const { code, answer } = await replay('rules: {}\n');
    expect(answer).toMatchObject({ changes: 5, since: 0, gap: null, refused: [] });
    expect(code).toBe(0);
    expect(replayText(answer)).toBe('5 recorded changes: these rules would have refused none.');
  });

  it('names the changes that the new rules would have refused, each with what it breaks', async () => {
    const { code, answer } = await replay('rules:\n  stack-versions: { order: [incremental] }\n');
    expect(code).toBe(7);
    expect(short(answer)).toEqual([
      [
        2,
        'release webapp -v v0.3',
        ['docker03', 'docker02'].map((_, index) => {
          const stack = `webapp-stack${index + 1}`;
          return `stack-versions: ${stack}-app4: v0.3 stands on v0.3 at position 2 of ${stack}, and rules.yml allows only incremental versions`;
        }),
      ],
    ]);
    expect(replayText(answer)).toMatch(
      /^2 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}alice@admin {2}release webapp -v v0\.3\n {2}stack-versions: /,
    );
    expect(replayText(answer)).toContain(
      '5 recorded changes: these rules would have refused 1 (stack-versions 1).',
    );
  });

  it('judges each change against the state it came from', async () => {
    const { answer } = await replay('rules:\n  stack-height: { min_containers: 5 }\n');
    // The service was added with three; two releases made it higher, and the pops lower again.
    expect(short(answer)).toEqual([
      [
        4,
        'pop webapp',
        [1, 2].map((n) => `stack-height: webapp-stack${n}: height 4 is too low: min_containers is 5`),
      ],
      [
        5,
        'pop webapp',
        [1, 2].map((n) => `stack-height: webapp-stack${n}: height 3 is too low: min_containers is 5`),
      ],
    ]);
  });

  it('goes back as far as it is told, or as the journal does', async () => {
    const strict = 'rules:\n  stack-versions: { order: [incremental] }\n';
    const { code, answer } = await replay(strict, '-n', '3');
    expect([code, answer.changes, answer.since, answer.gap]).toEqual([0, 3, 2, null]);
    await execute(program.path, 'DELETE FROM operation WHERE id = 2');
    const { answer: rest } = await replay(strict);
    expect(rest).toMatchObject({ changes: 3, since: 2, refused: [] });
    expect(rest.gap).toContain('the journal does not say what led to revision 2');
    expect(replayText(rest)).toContain('Nothing before that was judged: the journal does not say');
  });

  it('refuses a file with rules that nobody knows', async () => {
    await expect(replay('rules:\n  stack-hight: {}\n')).rejects.toThrow(/new\.yml/);
    await expect(program.run('rules', 'replay', '--rules', '/nowhere.yml')).rejects.toThrow(/nowhere\.yml/);
  });
});
