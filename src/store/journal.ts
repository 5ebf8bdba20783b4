import type { StateChange } from '../model/change.ts';
import { LockedError } from '../model/errors.ts';
import { everything } from '../plan/beside.ts';
import type { StepStatus } from '../plan/course.ts';
import type { Plan } from '../plan/step.ts';
import type { OperationSummary } from '../plan/summary.ts';
import type { Database } from './database.ts';
import { append, keepRules, type RulesInForce } from './events.ts';
import type { OperationRow, OperationStatus, StepRow, TakenUp } from './rows.ts';
import { readEnvironment, saveChange } from './state.ts';
import { environmentTable, lockTable, operationTable, stepTable } from './tables.ts';

/** Who does what, why, and from which revision. */
export type OperationStart = {
  readonly command: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly baseRevision: number;
  readonly plan: Plan;
  /** What the history tells of it, so that plans need not be read for a list of operations. */
  readonly summary?: OperationSummary;
  /** The rules that allowed it. */
  readonly rules?: RulesInForce;
};

/** The record of one operation and its steps, written while it runs. */
export type Journal = {
  readonly operation: number;
  /** Earlier operations whose process died; they are recorded as unfinished from now on. */
  readonly died: readonly OperationRow[];
  /** Records that a step is about to be sent; when this resolves, that is on the disk. */
  readonly intend: (seq: number, status: 'sent' | 'compensating') => Promise<void>;
  /** Records how a step ended; it is on the disk with the next intent, or with the end of the operation. */
  readonly settle: (seq: number, status: StepStatus, result: string | null) => void;
  /** Writes the change of the state, in one transaction with everything recorded so far. */
  readonly commit: (change: StateChange) => Promise<void>;
  readonly finish: (status: OperationStatus, message: string | null) => Promise<void>;
};

/** Several of these are written for each step, and TypeORM's query builder takes half a millisecond for one. */
const updateStep = `UPDATE step SET
  status = coalesce(?, status), result = coalesce(?, result),
  started_at = coalesce(?, started_at), finished_at = coalesce(?, finished_at)
  WHERE operation = ? AND seq = ?`;

/** Under which names an operation begins, and what it knows of the others. */
export type Claim = {
  readonly names: readonly string[];
  /** The fence that the state was read under: nobody has begun since, or the operation does not begin. */
  readonly fence: number;
  /** The operations of others that are under way. */
  readonly underWay: ReadonlySet<number>;
};

/**
 * Begins an operation: its plan and its steps are on the disk before the first of them is sent. Without a claim it has
 * everything for itself, and begins on the very revision that it was made from.
 */
export async function beginOperation(
  database: Database,
  start: OperationStart,
  claim?: Claim,
): Promise<Journal> {
  const { source, transaction } = database;
  const startedAt = new Date().toISOString();
  const begun = await transaction(async () => {
    const died = await recordDied(database, claim?.underWay);
    const { fence, revision: baseRevision } = await raiseFence(database, start.baseRevision, claim);
    const { rules, actor, command, ...asked } = start;
    const row = {
      ...{ summary: null, ...asked, actor, command, baseRevision, fence },
      ...{ status: 'running' as const, message: null },
      ...{ startedAt, finishedAt: null, revision: null, finishedBy: null },
    };
    const { identifiers } = await source.getRepository(operationTable).insert(row);
    const id = identifiers[0]?.id as number;
    const steps = start.plan.steps.map(({ seq, kind, host, object }) => ({
      ...{ operation: id, seq, kind, host, object, status: 'planned' as const },
      ...{ result: null, startedAt: null, finishedAt: null },
    }));
    // SQLite takes at most 32,766 parameters in one statement; 500 rows of 9 columns stay well below.
    for (let from = 0; from < steps.length; from += 500) {
      await source.getRepository(stepTable).insert(steps.slice(from, from + 500));
    }
    const names = await holdNames(database, { operation: id, fence, claim });
    const judgedBy = rules ? await keepRules(source, rules) : null;
    await append(source, { operation: id, kind: 'begun', actor, command, rules: judgedBy });
    return { operation: id, fence, died, names };
  });
  return journalOf(database, begun);
}

/** An unfinished operation, and who takes it up at which revision of the state. */
export type TakingUp = {
  readonly operation: number;
  readonly from: number;
  readonly by: TakenUp;
  readonly rules?: RulesInForce;
};

/** Takes an unfinished operation up: under a new fence, with the same rows of the journal. */
export async function takeUpOperation(
  database: Database,
  { operation, from, by, rules }: TakingUp,
  claim?: Claim,
): Promise<Journal> {
  const { source } = database;
  const begun = await database.transaction(async () => {
    const died = (await recordDied(database, claim?.underWay)).filter(({ id }) => id !== operation);
    const { fence } = await raiseFence(database, from, claim);
    const row = { status: 'running' as const, message: null, finishedAt: null, fence, finishedBy: by };
    await source.getRepository(operationTable).update({ id: operation }, row);
    const judgedBy = rules ? await keepRules(source, rules) : null;
    await append(source, { operation, kind: 'taken-up', ...by, rules: judgedBy });
    return { operation, fence, died, names: await holdNames(database, { operation, fence, claim }) };
  });
  return journalOf(database, begun);
}

type Begun = Pick<Journal, 'operation' | 'died'> & {
  readonly fence: number;
  readonly names: readonly string[];
};

function journalOf(database: Database, begun: Begun): Journal {
  const { operation, died } = begun;
  const { source, transaction } = database;
  const pending = new Map<number, Partial<StepRow>>();
  let flushing: Promise<void> | null = null;

  /** Writes what is pending, with `more`, in one transaction. Only what has been committed is forgotten. */
  const write = async (more: () => Promise<unknown>): Promise<void> => {
    const records = await transaction(async () => {
      await refuseStaleFence(database, begun);
      const written = [...pending];
      for (const [seq, { status, result, startedAt, finishedAt }] of written) {
        const values = [status, result, startedAt, finishedAt].map((value) => value ?? null);
        await source.query(updateStep, [...values, operation, seq]);
      }
      await more();
      return written;
    });
    for (const [seq, record] of records) {
      if (pending.get(seq) === record) pending.delete(seq);
    }
  };
  /** Intents that come while a transaction is being written share the next one: one wait for the disk, not twelve. */
  const flush = (): Promise<void> => {
    flushing ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      flushing = null;
      return write(() => Promise.resolve());
    });
    return flushing;
  };
  const record = (seq: number, change: Partial<StepRow>): void => {
    pending.set(seq, { ...pending.get(seq), ...change });
  };

  return {
    operation,
    died,
    intend: async (seq, status) => {
      record(seq, { status, startedAt: new Date().toISOString() });
      await flush();
    },
    settle: (seq, status, result) => {
      record(seq, { status, result, finishedAt: new Date().toISOString() });
    },
    commit: (change) =>
      write(async () => {
        const from = (await readEnvironment(source)).revision;
        await saveChange(source, change, from);
        const revision = from + 1;
        await source.getRepository(operationTable).update({ id: operation }, { revision });
      }),
    finish: (status, message) =>
      write(async () => {
        const end = { status, message, finishedAt: new Date().toISOString() };
        await source.getRepository(operationTable).update({ id: operation }, end);
        await source.getRepository(lockTable).delete({ operation });
        await append(source, { operation, kind: 'ended', status, message });
      }),
  };
}

/** An operation that counts as running and is not under way has lost its process. Its names are free. */
async function recordDied(
  { source }: Database,
  underWay: ReadonlySet<number> = new Set(),
): Promise<OperationRow[]> {
  const repository = source.getRepository(operationTable);
  const running = await repository.find({ where: { status: 'running' }, order: { id: 'ASC' } });
  const died = running.filter(({ id }) => !underWay.has(id));
  const [status, message] = ['unfinished' as const, 'its process died'];
  for (const { id } of died) {
    await repository.update({ id }, { status, message });
    await source.getRepository(lockTable).delete({ operation: id });
    await append(source, { operation: id, kind: 'died', status, message });
  }
  return died;
}

/**
 * Takes the next fence for an operation. Nothing is begun beside what was not looked at, nor, without a claim, on a state
 * that has moved on since it was read. A refused command begins no operation, and so leaves the database as it was.
 */
async function raiseFence(
  { source }: Database,
  baseRevision: number,
  claim: Claim | undefined,
): Promise<{ fence: number; revision: number }> {
  const { revision, fence } = await readEnvironment(source);
  if (claim && fence !== claim.fence) {
    throw new LockedError(
      'another cmanage has begun an operation meanwhile. Nothing was changed; try again.',
    );
  }
  if (!claim && revision !== baseRevision) {
    throw new Error(`the state is at revision ${revision}, and this change began at ${baseRevision}`);
  }
  await source.getRepository(environmentTable).update({ fence }, { fence: fence + 1 });
  return { fence: fence + 1, revision };
}

/** Records who holds the names from now on; whoever held one of them under an earlier fence can write no more. */
async function holdNames(
  { source }: Database,
  { operation, fence, claim }: { operation: number; fence: number; claim: Claim | undefined },
): Promise<readonly string[]> {
  const names = claim?.names ?? [everything];
  const repository = source.getRepository(lockTable);
  if (names.includes(everything)) await source.query('DELETE FROM lock');
  for (const name of names) {
    await repository.delete({ name });
    await repository.insert({ name, fence, operation });
  }
  return names;
}

/** Every name must still be held under the fence of this operation; its own process cannot tell, where it was paused. */
async function refuseStaleFence({ source }: Database, { operation, fence, names }: Begun): Promise<void> {
  const held = await source.getRepository(lockTable).countBy({ operation, fence });
  if (held === names.length) return;
  const fact = `another cmanage has taken the locks of operation ${operation} away (its fence was ${fence})`;
  throw new Error(`${fact}, and may have its objects by now: nothing more is sent`);
}
