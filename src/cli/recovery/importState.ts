import { readStateFile, stateIn, type StateFile } from '../../config/stateFile.ts';
import { UserError } from '../../model/errors.ts';
import { serviceNamed, stackNamed, containerNamed } from '../../model/lookup.ts';
import type { State } from '../../model/state.ts';
import { proposed, refusal, refused, type Violation } from '../../model/violation.ts';
import { specHash, specOf } from '../../plan/spec.ts';
import { isFresh } from '../../store/identity.ts';
import { readEnvironment } from '../../store/state.ts';
import { changeIn, isWalked, refuse } from '../change.ts';
import type { ChangeOptions } from '../options.ts';
import { recordState } from './recordState.ts';
import { openSession, type Session } from '../session.ts';

export type ImportOptions = ChangeOptions & { readonly replace?: boolean; readonly asNew?: boolean };

/**
 * `cmanage import`. Into a fresh database the state is recorded and no host is touched: what it speaks of may be running
 * already, and `deploy` finds out. In the place of another state it is a change like any other.
 */
export async function importState(path: string, options: ImportOptions): Promise<number> {
  const file = readStateFile(path);
  const session = await openSession(options, { write: isWalked(options) });
  try {
    const next = takeState(path, file, session.state);
    if (await isFresh(session.database.source)) {
      const { id } = await readEnvironment(session.database.source);
      const environment = options.asNew ? id : file.environment;
      return await recordState(session, options, {
        ...{ next, environment, lastOperation: 0, isJudged: true },
        because: `${path} says so`,
      });
    }
    if (options.replace !== true) return refuse(options, [notFresh(session)]);
    return await changeIn(session, options, {
      process: (before) => {
        const others = differentNamesakes(before, next);
        return others.length > 0 ? refused(...others) : proposed(replacing(before, next));
      },
      asks: 'with-the-whole-plan',
    });
  } finally {
    await session.close();
  }
}

/** The state of a file; values that it leaves out are those of the present state, where that has them. */
function takeState(path: string, file: StateFile, present: State): State {
  const { state, lacking } = stateIn(
    file,
    (service, name) => serviceNamed(present, service)?.settings.env[name],
  );
  if (lacking.length > 0) {
    const which = lacking.slice(0, 20).join(', ') + (lacking.length > 20 ? ', …' : '');
    const remedy = 'write them in, in the place of null, or export again with --with-values';
    throw new UserError(`${path}: the values of these variables were left out: ${which}; ${remedy}`);
  }
  return state;
}

function notFresh({ state }: Session): Violation {
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const has = `${many(state.services.length, 'service')} and ${many(state.containers.length, 'container')}`;
  const fact = `it is at revision ${state.revision} with ${has}`;
  const remedy = 'give --replace to bring it from there to what the file says; --dry-run shows the way';
  return refusal('import', 'this environment', fact, remedy);
}

/** What is retained was kept at a revision that has been. */
function replacing(before: State, next: State): State {
  const { revision } = before;
  const retained = next.retained.map((row) => ({ ...row, since: Math.min(row.since, revision + 1) }));
  return { ...next, revision, retained };
}

/** A container's name is never given twice, so that one of the same name which is another one is of another environment. */
function differentNamesakes(before: State, next: State): Violation[] {
  return [...next.containers, ...next.retained].flatMap((row) => {
    const present = containerNamed(before, row.name) ?? before.retained.find(({ name }) => name === row.name);
    if (!present) return [];
    const hostOf = (state: State): string | undefined => stackNamed(state, row.stack)?.host;
    const isSame =
      specHash(specOf(before, present)) === specHash(specOf(next, row)) && hostOf(before) === hostOf(next);
    if (isSame) return [];
    const fact =
      'this environment has another container of this name, with other settings, bits or another host';
    return [
      refusal('import', row.name, fact, 'delete its service first, or import into a fresh environment'),
    ];
  });
}
