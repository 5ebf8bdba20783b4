import { UserError } from '../model/errors.ts';
import { endpointNamed } from '../model/lookup.ts';
import { differencesBetween, differenceSheet, type Difference } from '../report/difference.ts';
import { portraitOfEndpoint, portraitOfState, type Portrait } from '../report/portraits.ts';
import { renderAs, renderSheet } from '../report/table.ts';
import { exitCode } from './exit.ts';
import { stateAfter } from './findTarget.ts';
import type { CommonOptions } from './options.ts';
import { screen } from './screen.ts';
import { openSession, type Session } from './session.ts';

export type DiffOptions = CommonOptions & { readonly all?: boolean };

/** Prints what differs between two endpoints with their trees, or between the states after two operations of the history. */
export async function diff(left: string, right: string, options: DiffOptions): Promise<number> {
  const session = await openSession(options, { write: false });
  try {
    const areOperations = isOperation(left) && isOperation(right);
    const portraitOf = areOperations ? afterOperation : endpointAsked;
    const portraits = [await portraitOf(session, left), await portraitOf(session, right)] as const;
    const differences = differencesBetween(...portraits);
    const data = {
      left,
      right,
      differences: options.all || !areOperations ? differences : differences.filter(differs),
    };
    console.log(
      renderAs(options.output, data, () => textOf(differences, [left, right], options.all === true)),
    );
    return exitCode.done;
  } finally {
    await session.close();
  }
}

function isOperation(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

async function afterOperation(session: Session, id: string): Promise<Portrait> {
  return portraitOfState((await stateAfter(session, Number(id))).then);
}

async function endpointAsked({ state }: Session, name: string): Promise<Portrait> {
  const endpoint = endpointNamed(state, name);
  if (endpoint) return Promise.resolve(portraitOfEndpoint(state, endpoint));
  const hint = isOperation(name) ? 'name two endpoints, or two operations' : "see 'cmanage show endpoints'";
  throw new UserError(`there is no endpoint ${name}: ${hint}`);
}

function differs({ same }: Difference): boolean {
  return !same;
}

/** What runs is always shown, so that a table without differences still says what was compared. */
function textOf(differences: readonly Difference[], names: readonly [string, string], all: boolean): string {
  const shown = differences.filter(
    (one) => all || differs(one) || (one.what === 'version' && !one.where.includes('position')),
  );
  const alike = differences.filter(({ same }) => same).length;
  const sum = `${differences.length - alike} of ${differences.length} differ${all ? '' : '; --all shows what is alike, too'}.`;
  const { columns, colour } = screen();
  return shown.length === 0
    ? sum
    : `${renderSheet(differenceSheet(shown, names), columns, colour.bold)}\n\n${sum}`;
}
