import { parseRules, rulesLines } from '../config/config.ts';
import { constraints } from '../constraints/all.ts';
import { canonicalText } from '../model/canonical.ts';
import { UserError } from '../model/errors.ts';
import type { Override } from '../model/rules.ts';
import { pageHtml } from '../report/page/page.ts';
import { capacityReport } from '../report/audit/capacity.ts';
import { cmdbReport } from '../report/audit/cmdb.ts';
import { complianceReport } from '../report/audit/compliance.ts';
import type { Material } from '../report/audit/material.ts';
import { releasesReport } from '../report/audit/releases.ts';
import type { Report, ReportKind } from '../report/audit/report.ts';
import { reportCsv, reportMarkdown } from '../report/audit/reportText.ts';
import { renderAs } from '../report/table.ts';
import { changesBackFrom, type Recorded } from '../store/history.ts';
import { readRulesOverTime } from '../store/rulesOverTime.ts';
import type { ReportOptions } from './commands/report.ts';
import { exitCode } from './exit.ts';
import { writeNew } from './files.ts';
import { operationsNow } from './history/history.ts';
import { openSession, type Session } from './session.ts';
import { version } from './version.ts';

/** `cmanage report`: the state at this moment and what the journal says of how it came. It only reads. */
export async function report(kind: ReportKind, options: ReportOptions): Promise<number> {
  if (options.table !== undefined && options.output !== 'csv')
    throw new UserError('--table chooses the table of a CSV file: give -o csv with it');
  const session = await openSession({ ...options, output: 'table' }, { write: false });
  try {
    const made = await make(kind, session);
    writeAnswer(textOf(made, options), options.out);
    return exitCode.done;
  } finally {
    await session.close();
  }
}

/** Writes an answer to standard output, or into a new file, of which one line is said. */
export function writeAnswer(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    return;
  }
  writeNew(file, text);
  console.error(`${file}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
}

function textOf(made: Report, { output, table }: ReportOptions): string {
  switch (output) {
    case 'html':
      return pageHtml(made);
    case 'markdown':
      return reportMarkdown(made);
    case 'csv':
      return reportCsv(made, table);
    case 'json':
      return renderAs('json', made, () => '');
  }
}

async function make(kind: ReportKind, session: Session): Promise<Report> {
  const material = await materialOf(session);
  switch (kind) {
    case 'cmdb':
      return cmdbReport(material);
    case 'releases':
      return releasesReport(material);
    case 'capacity':
      return capacityReport(material);
    case 'compliance':
      return complianceReport({
        ...{ ...material, constraints },
        changes: await changesOf(session, material),
        lineOf: rulesLines(session.config.settings.directory),
        inForceSince: await overridesInForce(session),
      });
  }
}

/** What was recorded after the state was read is left out, so that a report speaks of one revision. */
async function materialOf(session: Session): Promise<Material> {
  const { config, state } = session;
  const moment = new Date().toISOString();
  const { environmentName: environment } = config.settings;
  const history = (await operationsNow(session)).filter(
    ({ revision }) => revision === null || revision <= state.revision,
  );
  const subject = { environment, revision: state.revision, moment, cmanage: version() };
  return { state, environment: config.environment, subject, history };
}

/** Who asks since when looks back so many changes; taking them back takes about 10 ms each in an environment of 10,000 services. */
const farthest = 1000;

/** The last changes up to the state, the newest first, as far as the journal has them without a gap. */
async function changesOf({ database, state }: Session, { history }: Material): Promise<Recorded[]> {
  const known = new Set(history.map(({ revision }) => revision));
  let oldest = state.revision;
  while (known.has(oldest) && state.revision - oldest < farthest) oldest -= 1;
  const changes: Recorded[] = [];
  if (oldest === state.revision) return changes;
  for await (const recorded of changesBackFrom(database.source, state.revision)) {
    changes.push(recorded);
    if (recorded.revision === oldest + 1) break;
  }
  return changes;
}

/**
 * Since which operation each override of rules.yml has been in force without a break: the rules of every operation are recorded. What an
 * earlier cmanage took for rules, and this one does not, ends the look back.
 */
async function overridesInForce(
  session: Session,
): Promise<Parameters<typeof complianceReport>[0]['inForceSince']> {
  const { rules } = session.config.environment;
  const since = new Map<Override, { id: number; startedAt: string }>();
  if (rules.overrides.length === 0) return () => null;
  const overrides = new Map<string, ReadonlySet<string> | null>();
  const textsIn = (text: string | null): ReadonlySet<string> | null => {
    const known = overrides.get(text ?? '');
    if (known !== undefined) return known;
    const found = text === null ? [] : (parseRules(text)?.overrides ?? null);
    const texts = found && new Set(found.map((override) => canonicalText(override)));
    overrides.set(text ?? '', texts);
    return texts;
  };
  let open = rules.overrides;
  for (const { id, startedAt, text } of await readRulesOverTime(session.database.source)) {
    const texts = textsIn(text);
    open = open.filter((override) => texts?.has(canonicalText(override)) === true);
    if (open.length === 0) break;
    for (const override of open) since.set(override, { id, startedAt });
  }
  return (override) => since.get(override) ?? null;
}
