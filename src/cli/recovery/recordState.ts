import { check } from '../../constraints/check.ts';
import { UserError } from '../../model/errors.ts';
import { emptyState, type State } from '../../model/state.ts';
import type { Violation } from '../../model/violation.ts';
import { stateTables } from '../../model/change.ts';
import { stackChanges, treeChanges } from '../../plan/preview.ts';
import { containersByHost, recordOnly } from '../../plan/record.ts';
import { recordText, type LeftAlone, type Recording } from '../../report/recording.ts';
import { renderAs } from '../../report/table.ts';
import { takeIdentity } from '../../store/identity.ts';
import { refuse, walk } from '../change.ts';
import { commandLine } from '../commandLine.ts';
import { exitCode } from '../exit.ts';
import { terminalColumns, type ChangeOptions } from '../options.ts';
import type { Session } from '../session.ts';

/** A state that becomes that of a fresh database, without any host being touched. */
export type ToRecord = {
  readonly next: State;
  /** The environment it is of: the id on the labels of its containers. */
  readonly environment: string;
  readonly lastOperation: number;
  /** Whether the rules may refuse it; what is true on the hosts is recorded whatever they say. */
  readonly isJudged: boolean;
  readonly because: string;
  /** What could not be known of it, and what on the hosts is none of it. */
  readonly unknown?: readonly string[];
  readonly leftAlone?: readonly LeftAlone[];
};

/** Shows what is to be recorded, or records it as the first operation of the database. */
export async function recordState(
  session: Session,
  options: ChangeOptions,
  { next, environment, lastOperation, isJudged, because, unknown = [], leftAlone = [] }: ToRecord,
): Promise<number> {
  if (stateTables.every((table) => next[table].length === 0))
    throw new UserError('it has no rows: there is nothing to record');
  const before = { ...emptyState, revision: Math.max(0, next.revision - 1) };
  const judged = check(before, next, session.config.environment);
  const violations = isJudged ? judged : judged.map((one): Violation => ({ ...one, level: 'warn' }));
  if (violations.some(({ level }) => level === 'error')) return refuse(options, violations);
  const command = commandLine(process.argv.slice(2));
  const plan = recordOnly(before, next, because);
  const preview = {
    ...{ command, allowed: true, violations, plan },
    stacks: stackChanges(before, next),
    trees: treeChanges(before, next),
  };
  const recording: Recording = {
    ...{ command, allowed: true, environment, revision: plan.steps[0] ? before.revision + 1 : 0 },
    violations: preview.violations,
    rows: Object.fromEntries(stateTables.map((table) => [table, next[table].length])),
    hosts: containersByHost(next),
    ...{ unknown, leftAlone },
  };
  if (options.dryRun === true || options.output === 'table')
    console.log(renderAs(options.output, recording, () => recordText(recording, terminalColumns())));
  if (options.dryRun === true) return exitCode.done;
  await takeIdentity(session.database, { environment, revision: before.revision, lastOperation });
  return walk(session, options, preview, before.revision);
}
