import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../../model/errors.ts';
import { refusal, refused, proposed, type Outcome } from '../../model/violation.ts';
import { isSealIntact, savedPlanFormat, type SavedPlan, type SealedPlan } from '../../plan/saved.ts';
import { readEnvironment } from '../../store/state.ts';
import type { Session } from '../session.ts';

/** Plans carry HAProxy's configuration, which has some 200 bytes an endpoint. */
const largestFile = 256 * 1024 * 1024;

/** The content of a file that may be a saved plan. Nothing in it is believed yet. */
export type PlanFile = {
  readonly file: string;
  readonly content: Partial<Record<keyof SealedPlan, unknown>>;
};

/**
 * Tells whether a file is a plan of this environment. Only what carries the seal of its database is believed; a file
 * that is no such plan is the user's mistake, and one that was changed is refused.
 */
export async function believePlan(
  { file, content }: PlanFile,
  session: Session,
): Promise<Outcome<SavedPlan>> {
  const environment = await readEnvironment(session.database.source);
  if (content.format !== savedPlanFormat) {
    const found = JSON.stringify(content.format);
    throw new UserError(
      `${file}: it is a plan of format ${found}, and this cmanage reads ${savedPlanFormat}`,
    );
  }
  if (typeof content.environment !== 'string') throw new UserError(`${file}: it is no saved plan`);
  if (content.environment !== environment.id) {
    throw new UserError(`${file}: it was made for another environment, whose id is ${content.environment}`);
  }
  const plan = content as SealedPlan;
  if (typeof plan.seal !== 'string' || !isIntact(plan, environment.planKey)) {
    const fact = 'it was changed after it was saved';
    return refused(refusal('stale-plan', file, fact, 'a plan is never edited: make it again'));
  }
  return proposed(plan);
}

/** No plan of ours is nested so deep that it could not be read again. */
function isIntact(plan: SealedPlan, key: string): boolean {
  try {
    return isSealIntact(plan, key);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Reads a file that is said to be a plan, before anything is opened or locked. */
export function readPlanFile(file: string): PlanFile {
  let content: unknown;
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new Error('it is no file');
    const { size } = found;
    if (size > largestFile) throw new Error(`it has ${size} bytes; at most ${largestFile} are read`);
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT' ? 'there is no such file' : name === 'SyntaxError' ? 'it is no saved plan' : message;
    throw new UserError(`${file}: ${reason}`);
  }
  if (typeof content === 'object' && content !== null && 'format' in content) return { file, content };
  throw new UserError(`${file}: it is no saved plan`);
}
