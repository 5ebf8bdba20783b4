import { existsSync } from 'node:fs';
import { attention, fine, type Checked } from '../model/checked.ts';
import { HostError, UserError } from '../model/errors.ts';
import { doctorText } from '../report/doctor.ts';
import { renderAs } from '../report/table.ts';
import { examineFile, readPinnedHosts } from '../store/whole.ts';
import { findUnderWay } from '../store/locks.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import { verifyHistory } from '../store/verifyHistory.ts';
import { examineBalancers } from './doctorBalancers.ts';
import { examineConfiguration, examineFiles } from './doctorFiles.ts';
import { examineHosts } from './doctorHosts.ts';
import { exitCode } from './exit.ts';
import { terminalColumns, type CommonOptions } from './options.ts';
import { openSession, type Session } from './session.ts';

/** `cmanage doctor`: looks at all that changes rest on, changes nothing, and says what needs attention. */
export async function doctor(options: CommonOptions): Promise<number> {
  const { settings, config, checks } = examineConfiguration(options);
  const found = [...checks];
  if (settings && !existsSync(settings.statePath)) {
    found.push(
      attention('state', settings.statePath, 'there is no state database', "create it by 'cmanage init'"),
    );
  } else if (settings && config) {
    found.push(...(await examineRest(options)));
  } else if (settings) {
    found.push(...examineFiles(settings, null, null));
  }
  console.log(renderAs(options.output, { checks: found }, () => doctorText(found, terminalColumns())));
  return found.some(({ status }) => status === 'attention') ? exitCode.drift : exitCode.done;
}

/** What needs a database that can be opened. */
async function examineRest(options: CommonOptions): Promise<Checked[]> {
  let session: Session;
  try {
    session = await openSession(options, { write: false });
  } catch (error) {
    if (!(error instanceof UserError || error instanceof HostError)) throw error;
    return [
      attention(
        'state',
        'the state database',
        error.message,
        "restore a backup, or see 'cmanage init --help'",
      ),
    ];
  }
  try {
    const { config, state, database } = session;
    const [hosts, balancers] = await Promise.all([
      examineHosts(session, await readPinnedHosts(database.source)),
      examineBalancers(config, state),
    ]);
    return [
      ...examineFiles(config.settings, config.connection, state),
      ...(await examineState(session)),
      ...hosts,
      ...balancers,
    ];
  } finally {
    await session.close();
  }
}

async function examineState({ config, database }: Session): Promise<Checked[]> {
  const { statePath } = config.settings;
  const faults = await examineFile(database.source);
  const { edits, operations } = await verifyHistory(database.source, null);
  const underWay = await findUnderWay(database, statePath, null);
  const left = (await readOpenOperations(database.source)).filter(({ id }) => !underWay.has(id));
  return [
    ...(faults.length === 0 ? [fine('state', statePath, 'the file is whole')] : []),
    ...faults.map((fault) => attention('state', statePath, fault, 'restore a backup of it')),
    ...(edits.length === 0
      ? [fine('history', statePath, `${operations} operations are as they were recorded`)]
      : []),
    ...edits.map(({ object, fact }) => attention('history', object, fact, "see 'cmanage history verify'")),
    ...(left.length === 0 ? [fine('operations', statePath, 'none is unfinished')] : []),
    ...left.map(({ id, command }) =>
      attention(
        'operations',
        `operation ${id} (${command})`,
        'it has not come to its end',
        `see 'cmanage show operations', then 'cmanage resume ${id}'`,
      ),
    ),
  ];
}
