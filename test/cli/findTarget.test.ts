import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import type { Scope } from '../../src/actions/rollback.ts';
import { scaleService } from '../../src/actions/stackProcesses.ts';
import { stateAfter, stateBeforeLastChange } from '../../src/cli/findTarget.ts';
import type { Session } from '../../src/cli/session.ts';
import { changeBetween } from '../../src/model/change.ts';
import { containersOf } from '../../src/model/lookup.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import { summaryOf } from '../../src/plan/summary.ts';
import { beginOperation } from '../../src/store/journal.ts';
import type { OperationStatus } from '../../src/store/rows.ts';
import { loadState } from '../../src/store/state.ts';
import { execute } from '../support/database.ts';
import { changeRow, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';
import { withTree } from '../support/trees.ts';

const { path: freshPath, open } = databases();
const environment = makeEnvironment();
const webapp: Scope = { service: 'webapp' };
const prod = 'webapp-endpoint-prod';
const sketch = { webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } }, mail: {} };

const released = (state: State, service: string, version: string): State =>
  accepted(
    release(
      state,
      { service, versions: [version] },
      environment,
      makeFacts(`registry.example/${service}`, [version]),
    ),
  );
const popped = (state: State): State =>
  accepted(popService(state, { service: 'webapp', position: 0, single: false }));

type Act = readonly [command: string, act: (state: State) => State, status?: OperationStatus];

const usual: readonly Act[] = [
  ['addservices', () => makeState(sketch)], // 1
  ['release webapp', (state) => released(state, 'webapp', 'v0.4')], // 2
  ['pop webapp', popped], // 3
  ['release mail', (state) => released(state, 'mail', 'v0.4')], // 4
  ['scale webapp', (state) => accepted(scaleService(state, { service: 'webapp', stacks: 3 }, environment))], // 5
];

/** A session on a database in which the acts were recorded, one operation each. */
async function sessionAfter(...acts: readonly Act[]): Promise<{ session: Session; path: string }> {
  const path = await freshPath();
  const database = await open(path);
  let state = emptyState;
  for (const [command, act, status = 'done'] of acts) {
    const next = act(state);
    const plan = planOf(state, next);
    const summary = summaryOf({ stacks: stackChanges(state, next), plan });
    const start = { command, actor: 'alice@admin', reason: null, baseRevision: state.revision };
    const journal = await beginOperation(database, { ...start, plan, summary });
    if (status === 'done') await journal.commit(changeBetween(state, next));
    await journal.finish(status, null);
    state = await loadState(database.source);
  }
  return { session: { database, state } as unknown as Session, path };
}

const versions = (state: State, stack = 'webapp-stack1'): string =>
  containersOf(state, stack)
    .map((row) => row.version)
    .join(' ');

describe('stateAfter', () => {
  it.each([
    [1, 'addservices', 'v0.1 v0.2 v0.3'],
    [2, 'release webapp', 'v0.1 v0.2 v0.3 v0.4'],
    [3, 'pop webapp', 'v0.2 v0.3 v0.4'],
    [5, 'scale webapp', 'v0.2 v0.3 v0.4'],
  ])('is the state right after operation %i', async (id, command, expected) => {
    const { session } = await sessionAfter(...usual);
    const { then, which } = await stateAfter(session, id);
    expect(versions(then)).toBe(expected);
    expect(then.revision).toBe(id);
    expect(which).toBe(`after operation ${id} (${command})`);
  });

  it('is the state as it was where nothing of the operation was recorded', async () => {
    const [first, second, third] = usual;
    if (!first || !second || !third) throw new Error('the test has no acts');
    const { session } = await sessionAfter(first, [second[0], second[1], 'undone'], second, third);
    expect(versions((await stateAfter(session, 2)).then)).toBe('v0.1 v0.2 v0.3');
  });

  it('says that there is no such operation', async () => {
    const { session } = await sessionAfter(...usual);
    await expect(stateAfter(session, 6)).rejects.toThrow("there is no operation 6: see 'cmanage history'");
  });

  it('says that the journal does not fit the state', async () => {
    const { session, path } = await sessionAfter(...usual);
    await execute(path, `UPDATE operation SET plan = replace(plan, '"v0.4"', '"v0.5"') WHERE id = 2`);
    expect(versions((await stateAfter(session, 4)).then)).toBe('v0.2 v0.3 v0.4');
    await expect(stateAfter(session, 1)).rejects.toThrow(
      'the journal does not fit the state: what operation 2 (release webapp) recorded is not what there is; one of the two was edited, so that nothing before it can be known; restore a backup of the state database',
    );
  });
});

describe('stateBeforeLastChange', () => {
  const found = async (scope: Scope, ...acts: readonly Act[]) => {
    const { session } = await sessionAfter(...acts);
    const { then, which } = accepted(await stateBeforeLastChange(session, scope));
    return { which, webapp: versions(then), mail: versions(then, 'mail-stack1') };
  };

  it('passes over what changed other services, and over scaling', async () => {
    expect(await found(webapp, ...usual)).toEqual({
      which: 'before operation 3 (pop webapp)',
      webapp: 'v0.1 v0.2 v0.3 v0.4',
      mail: 'v0.1 v0.2 v0.3',
    });
    expect(await found({ service: 'mail' }, ...usual)).toMatchObject({
      which: 'before operation 4 (release mail)',
    });
  });

  it('passes over what was undone', async () => {
    const failed: Act = ['release webapp', (state) => released(state, 'webapp', 'v0.9'), 'undone'];
    expect(await found(webapp, ...usual, failed)).toMatchObject({ which: 'before operation 3 (pop webapp)' });
  });

  it('takes a tree back by whatever changed in it last', async () => {
    const scope: Scope = { endpoint: prod };
    const connected: Act = ['connect', (state) => withTree(state, prod, 'webapp > mail')];
    expect(await found(scope, ...usual)).toMatchObject({ which: 'before operation 3 (pop webapp)' });
    expect(await found(scope, ...usual, connected)).toMatchObject({ which: 'before operation 6 (connect)' });
    const below: Act = ['release mail', (state) => released(state, 'mail', 'v0.5')];
    expect(await found(scope, ...usual, connected, below)).toEqual({
      which: 'before operation 7 (release mail)',
      webapp: 'v0.2 v0.3 v0.4',
      mail: 'v0.1 v0.2 v0.3 v0.4',
    });
    const pointed: Act = ['changetree', (state) => changeRow(state, 'endpoints', prod, { pointer: 1 })];
    expect(await found(scope, ...usual, pointed)).toMatchObject({ which: 'before operation 6 (changetree)' });
    expect(await found(webapp, ...usual, pointed)).toMatchObject({
      which: 'before operation 3 (pop webapp)',
    });
  });

  const refusalAfter = async (scope: Scope, ...acts: readonly Act[]): Promise<string[]> => {
    const { session } = await sessionAfter(...acts);
    return refusalsInFull(await stateBeforeLastChange(session, scope));
  };

  it('has nothing before the operation that made the service, or the endpoint', async () => {
    const fact = 'it came with operation 1 (addservices), and before that there was none of it';
    const remedy = "Remedy: take it away by 'cmanage delete'";
    const [first] = usual;
    if (!first) throw new Error('the test has no acts');
    expect(await refusalAfter(webapp, first)).toEqual([`rollback: webapp: ${fact}. ${remedy}`]);
    expect(await refusalAfter({ endpoint: prod }, first)).toEqual([`rollback: ${prod}: ${fact}. ${remedy}`]);
  });

  it('asks after an operation that was not recorded, and names what may be chosen', async () => {
    const stopped: Act = ['release webapp', (state) => released(state, 'webapp', 'v0.9'), 'unfinished'];
    const fact =
      'operation 6 (release webapp) has not come to its end and is not recorded, so that it is not clear what is to be taken back';
    const remedy =
      "Remedy: bring that to its end by 'cmanage resume 6', or undo it by 'cmanage rollback --operation 6'; or go back by '--to 2'";
    expect(await refusalAfter(webapp, ...usual, stopped)).toEqual([`rollback: webapp: ${fact}. ${remedy}`]);
    expect(await found({ service: 'mail' }, ...usual, stopped)).toMatchObject({
      which: 'before operation 4 (release mail)',
    });
    const deployed: Act = ['release webapp', (state) => released(state, 'webapp', 'v0.9')];
    expect(await found(webapp, ...usual, stopped, deployed)).toMatchObject({
      which: 'before operation 7 (release webapp)',
    });
  });

  it('takes an operation by an earlier cmanage, of which nobody knows, for one of this service', async () => {
    const stopped: Act = ['release mail', (state) => released(state, 'mail', 'v0.9'), 'running'];
    const { session, path } = await sessionAfter(...usual, stopped);
    expect(accepted(await stateBeforeLastChange(session, webapp)).which).toContain('operation 3');
    await execute(path, 'UPDATE operation SET summary = NULL');
    expect(refusalsInFull(await stateBeforeLastChange(session, webapp))[0]).toContain(
      'operation 6 (release mail)',
    );
  });

  it('says so where nothing is recorded at all', async () => {
    const { session } = await sessionAfter();
    const remedy = "Remedy: see 'cmanage history'";
    expect(
      refusalsInFull(await stateBeforeLastChange({ ...session, state: { ...makeState(sketch) } }, webapp)),
    ).toEqual([`rollback: webapp: nothing is recorded that changed its containers. ${remedy}`]);
  });
});
