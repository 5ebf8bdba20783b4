import { stateFileFormat } from '../../config/stateFile.ts';
import { UserError } from '../../model/errors.ts';
import { stateText } from '../../report/stateText.ts';
import { readEnvironment } from '../../store/state.ts';
import { exitCode } from '../exit.ts';
import { writeNew } from '../files.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';

/** The answer of this command has one format, and so what says where it goes is short. */
export type ExportOptions = Omit<CommonOptions, 'output'> & {
  readonly output?: string;
  readonly withValues?: boolean;
};

/** `cmanage export`: the whole state, of one revision. The values of variables go into a file of the owner's or nowhere. */
export async function exportState(options: ExportOptions): Promise<number> {
  const { output: file, withValues = false } = options;
  if (withValues && file === undefined)
    throw new UserError('values of variables are written into a file only: give -o FILE with --with-values');
  if (file !== undefined && ['table', 'json', 'yaml'].includes(file))
    throw new UserError(
      `an export is always YAML, and -o names its file: for one that is called so, give ./${file}`,
    );
  const session = await openSession({ ...options, output: 'yaml' }, { write: false });
  try {
    const { id: environment } = await readEnvironment(session.database.source);
    const text = stateText({ format: stateFileFormat, environment }, session.state, { withValues });
    if (file === undefined) {
      process.stdout.write(text);
      return exitCode.done;
    }
    writeNew(file, text);
    console.log(
      `${file}: the state at revision ${session.state.revision}${withValues ? '' : leftOut(session.state)}`,
    );
    return exitCode.done;
  } finally {
    await session.close();
  }
}

function leftOut({ services }: { services: readonly { settings: { env: object } }[] }): string {
  const count = services.reduce((sum, { settings }) => sum + Object.keys(settings.env).length, 0);
  return count === 0 ? '' : `, without the values of ${count} variables (--with-values writes them too)`;
}
