import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
// Jest fails to link files that several dynamic imports want at the same moment; loaded beforehand, they are there.
import '../../src/cli/report.ts';
import '../../src/cli/graph.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import { recordOnly } from '../../src/plan/record.ts';
import { summaryOf } from '../../src/plan/summary.ts';
import { createDatabase, openDatabase } from '../../src/store/database.ts';
import { beginOperation } from '../../src/store/journal.ts';
import { parseCsv } from '../support/csv.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';

const directory = temporaryDirectory();
const rulesBefore = 'stages: [prod, qa, dev]\n';
const override = '  - { services: "*", reason: "INC-7", rules: { host-loss: { level: off } } }\n';
const rulesNow = `${rulesBefore}overrides:\n${override}  - { services: webapp, reason: new, rules: { ports: { level: warn } } }\n`;

const lone = makeState({ webapp: { hosts: ['docker01'] } });
const twins = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });

/** A configuration, and a journal of three operations: they were judged without the override, with it, and with it in another place. */
async function environment(): Promise<string> {
  const etc = mkdtempSync(join(directory, 'etc-'));
  fileIn(etc, 'cmanage.yml', 'environment: shop\nstate: state.db\n');
  fileIn(etc, 'rules.yml', rulesNow);
  const hosts = ['docker01', 'docker02'].map(
    (name) => `  ${name}: { engine: 'unix:///nowhere', address: 192.0.2.1 }\n`,
  );
  fileIn(etc, 'hosts.yml', `hosts:\n${hosts.join('')}`);
  await createDatabase(join(etc, 'state.db'));
  const database = await openDatabase(join(etc, 'state.db'), { readOnly: false });
  const steps: readonly [State, string | null][] = [
    [lone, rulesBefore],
    [twins, `${rulesBefore}overrides:\n${override}`],
    [lone, `overrides:\n${override}${rulesBefore}`],
  ];
  let before = emptyState;
  for (const [revision, [next, text]] of steps.entries()) {
    const plan = recordOnly({ ...before, revision }, next, 'a test');
    const summary = summaryOf({ stacks: stackChanges(before, next), plan });
    const journal = await beginOperation(database, {
      ...{ command: `change ${revision + 1}`, actor: 'alice@admin', reason: null, baseRevision: revision },
      ...{ plan, summary, rules: { cmanage: '1', text } },
    });
    await journal.commit(changeBetween(before, next));
    await journal.finish('done', null);
    before = next;
  }
  await database.source.destroy();
  return etc;
}

const [out, told]: [string[], string[]] = [[], []];
beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  jest.spyOn(console, 'error').mockImplementation((text: string) => told.push(text));
});
afterEach(() => {
  jest.restoreAllMocks();
  out.length = 0;
  told.length = 0;
});

async function run(etc: string, ...args: string[]): Promise<{ code: number | undefined; text: string }> {
  let code: number | undefined;
  const program = buildProgram((result) => {
    code = result;
  });
  await program.parseAsync(['node', 'cmanage', '--etc', etc, ...args]);
  return { code, text: out.join('') };
}

describe('cmanage report', () => {
  it('tells from the journal since when services stand to rules, and since when overrides are in force', async () => {
    const etc = await environment();
    const { code, text } = await run(etc, 'report', 'compliance', '-o', 'csv');
    expect(code).toBe(0);
    const rows = parseCsv(text);
    const [head = []] = rows;
    const valueOf = (rule: string, column: string): string | undefined =>
      rows.find((row) => row[0] === 'webapp' && row[1] === rule)?.[head.indexOf(column)];
    expect(['Verdict', 'Operation', 'By', 'Overrides'].map((column) => valueOf('host-loss', column))).toEqual(
      [...['excused', '3', 'alice@admin', '*: INC-7']],
    );
    expect(['Verdict', 'Operation'].map((column) => valueOf('stack-height', column))).toEqual(['kept', '1']);
    expect([head.at(-3), head.at(-2), rows[1]?.at(-3), rows[1]?.at(-2)]).toEqual([
      ...['Environment', 'At revision', 'shop', '3'],
    ]);
    out.length = 0;
    const overrides = parseCsv(
      (await run(etc, 'report', 'compliance', '-o', 'csv', '--table', 'overrides')).text,
    );
    expect(overrides.slice(1).map((row) => [row[0], row[3], row[7]])).toEqual([
      ['*', 'rules.yml:3', '2'],
      ['webapp', 'rules.yml:4', ''],
    ]);
  });

  it('does not take for rules what an earlier cmanage did', async () => {
    const etc = await environment();
    const database = await openDatabase(join(etc, 'state.db'), { readOnly: false });
    const text = `overrides:\n${override}rules: { a-rule-of-yore: { level: off } }\n`;
    const plan = recordOnly({ ...lone, revision: 3 }, twins, 'a test');
    const start = {
      command: 'x',
      actor: 'x',
      reason: null,
      baseRevision: 3,
      plan,
      rules: { cmanage: '0', text },
    };
    await (await beginOperation(database, start)).finish('undone', null);
    await database.source.destroy();
    const { text: csv } = await run(etc, 'report', 'compliance', '-o', 'csv', '--table', 'overrides');
    expect(parseCsv(csv)[1]?.[6]).toBe('no operation yet');
  });

  it.each(['cmdb', 'releases', 'compliance', 'capacity'])(
    'writes %s as a page that its owner alone may read',
    async (kind) => {
      const file = join(directory, `${kind}.html`);
      const { code, text } = await run(await environment(), 'report', kind, '-o', 'html', '--out', file);
      expect([code, text]).toEqual([0, '']);
      expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[^]*revision <b>3<\/b>[^]*<\/html>\n$/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(told).toEqual([expect.stringMatching(`^${file}: \\d+ KiB$`)]);
    },
  );

  it('overwrites no file, and says what to do', async () => {
    const etc = await environment();
    const file = fileIn(directory, 'mine.html', 'mine');
    await expect(run(etc, 'report', 'cmdb', '--out', file)).rejects.toThrow(
      'the file exists; choose another name',
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('is Markdown where nothing is said, and the same report as JSON', async () => {
    const etc = await environment();
    const { text } = await run(etc, 'report', 'releases');
    expect(text).toContain('# Releases\n\nshop at revision 3, ');
    expect(text).toContain('| webapp | v0.1 |');
    out.length = 0;
    const json = JSON.parse((await run(etc, 'report', 'releases', '-o', 'json')).text) as { title: string };
    expect(json.title).toBe('Releases');
  });

  it('takes --table for CSV alone', async () => {
    await expect(run(await environment(), 'report', 'cmdb', '--table', 'hosts')).rejects.toThrow(
      'give -o csv with it',
    );
  });
});

describe('cmanage graph', () => {
  it('draws the environment, or what hangs together with a service', async () => {
    const etc = await environment();
    expect((await run(etc, 'graph', '-o', 'svg')).text).toContain('shop at revision 3');
    out.length = 0;
    expect((await run(etc, 'graph', 'web%', '-o', 'dot')).text).toContain(
      '"service webapp" -> "stack webapp-stack1";',
    );
    out.length = 0;
    expect((await run(etc, 'graph')).text).toContain('flowchart LR');
  });

  it('says that there is no such service', async () => {
    await expect(run(await environment(), 'graph', 'mail')).rejects.toThrow(
      "there is no service mail: see 'cmanage show services'",
    );
  });
});
