import { UserError } from '../../model/errors.ts';
import type { Plan } from '../../plan/step.ts';
import { operationText, stepsWithTimes } from '../../report/operation.ts';
import { renderAs } from '../../report/table.ts';
import { readPlan } from '../../store/history.ts';
import { readSteps } from '../../store/openOperations.ts';
import { readEvents, readRulesInForce, verifyHistory, type Mark } from '../../store/verifyHistory.ts';
import { withoutValues } from '../answers.ts';
import { exitCode } from '../exit.ts';
import { operationsNow } from './history.ts';
import type { CommonOptions } from '../options.ts';
import { screen } from '../screen.ts';
import { openSession } from '../session.ts';
import { historyVerdictText } from '../../report/history.ts';

/** Shows all that is recorded of one operation: who, why, what happened to it, the rules then, the plan and its steps. */
export async function showOperation(id: number, options: CommonOptions): Promise<number> {
  const session = await openSession(options, { write: false, concerns: [] });
  try {
    const { source } = session.database;
    const entry = (await operationsNow(session)).find((operation) => operation.id === id);
    if (!entry) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
    const events = await readEvents(source, id);
    const digests = [...new Set(events.flatMap(({ rules }) => rules ?? []))];
    const rules = await Promise.all(
      digests.map(async (digest) => ({ digest, ...(await readRulesInForce(source, digest)) })),
    );
    const plan: Plan = withoutValues(await readPlan(source, id));
    const shown = {
      ...entry,
      events,
      rules,
      pivot: plan.pivot,
      steps: stepsWithTimes(plan, await readSteps(source, id)),
    };
    console.log(renderAs(options.output, shown, () => operationText(shown, screen())));
    return exitCode.done;
  } finally {
    await session.close();
  }
}

/** Looks whether anything of the history was edited; with `expect`, whether it still holds what was noted elsewhere. */
export async function checkHistory(options: CommonOptions & { readonly expect?: Mark }): Promise<number> {
  const session = await openSession(options, { write: false, concerns: [] });
  try {
    const verdict = await verifyHistory(session.database.source, options.expect ?? null);
    console.log(renderAs(options.output, verdict, () => historyVerdictText(verdict)));
    return verdict.edits.length === 0 ? exitCode.done : exitCode.drift;
  } finally {
    await session.close();
  }
}
