import { check } from '../../src/constraints/check.ts';
import { readConfig } from '../../src/config/config.ts';
import { canonicalText } from '../../src/model/canonical.ts';
import { applyChange, changeBetween } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/store/database.ts';
import { changesBackFrom, readOperations, type Recorded } from '../../src/store/history.ts';
import { loadState } from '../../src/store/state.ts';
import { commandOf } from './commands.ts';
import { firstState } from './environment.ts';
import type { Told } from './worker.ts';

export type Judgement = {
  readonly done: number;
  readonly nothingToDo: number;
  readonly refused: number;
  readonly locked: number;
  /** What a serial model says against it; empty where no update was lost. */
  readonly complaints: string[];
};

/**
 * Compares what the operators were told, and what was recorded, with a serial model: the same commands, one after the other in
 * the order in which their changes were recorded, by the same actions and rules on one state.
 */
export async function judge(etc: string, path: string, told: readonly Told[]): Promise<Judgement> {
  const complaints: string[] = [];
  const done = new Map<number, Told>();
  const counts = { nothingToDo: 0, refused: 0, locked: 0 };
  for (const one of told) {
    if (one.code === 0) {
      const { operation } = JSON.parse(one.out) as { operation: number | null };
      if (operation === null) counts.nothingToDo++;
      else if (done.has(operation)) complaints.push(`operation ${operation} was two operators'`);
      else done.set(operation, one);
    } else if (one.code === 3 && one.out.includes('"remedy"')) counts.refused++;
    else if (one.code === 6 && one.err.includes('ry again')) counts.locked++;
    else complaints.push(`exit ${one.code} of ${commandOf(one.number).args.join(' ')}: ${one.err}${one.out}`);
  }
  const database = await openDatabase(path, { readOnly: true });
  try {
    const state = await loadState(database.source);
    const recorded: Recorded[] = [];
    // The seed is revision 1, and no operation led to it.
    for await (const one of changesBackFrom(database.source, state.revision)) {
      recorded.unshift(one);
      if (one.revision === 2) break;
    }
    const open = (await readOperations(database.source)).filter(({ status }) => status !== 'done');
    complaints.push(...open.map(({ id, status }) => `operation ${id} is ${status}`));
    if (state.revision !== 1 + done.size) {
      complaints.push(`${done.size} were told of success, and the revision is ${state.revision}`);
    }
    complaints.push(...replay(etc, recorded, done, state));
  } finally {
    await database.source.destroy();
  }
  return { done: done.size, ...counts, complaints };
}

function replay(
  etc: string,
  recorded: readonly Recorded[],
  done: ReadonlyMap<number, Told>,
  last: State,
): string[] {
  const { environment } = readConfig(etc);
  const complaints: string[] = [];
  let state: State = { ...firstState(), revision: 1 };
  for (const { id, revision, command, change } of recorded) {
    const given = done.get(id);
    const outcome = given && commandOf(given.number).process(state);
    if (!outcome?.ok) {
      complaints.push(`revision ${revision} (${command}) is nothing that the serial model allows`);
    } else {
      const expected = changeBetween(state, outcome.value);
      if (canonicalText(expected) !== canonicalText(change)) {
        complaints.push(`revision ${revision} (${command}) is another change than the serial model makes`);
      }
      const errors = check(state, outcome.value, environment).filter(({ level }) => level === 'error');
      complaints.push(...errors.map(({ code }) => `revision ${revision} (${command}) breaks ${code}`));
    }
    const next = applyChange(state, change, revision);
    if (!next) return [...complaints, `revision ${revision} (${command}) does not fit what was before it`];
    state = next;
  }
  if (rowsOf(state) !== rowsOf(last)) complaints.push('the state is not what the recorded changes lead to');
  return complaints;
}

/** The rows of a state, whatever their order. */
function rowsOf(state: State): string {
  return canonicalText(
    Object.entries(state).map(([table, rows]) => [
      table,
      Array.isArray(rows) ? rows.map((row: object) => canonicalText(row)).sort() : rows,
    ]),
  );
}
