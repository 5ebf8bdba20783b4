import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { complaintsAbout, stateOf } from '../faults/world.ts';
import { runOperators } from '../operators/run.ts';
import { cmanage, succeed, type Answer } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { temporaryDirectory } from '../support/files.ts';
import { addTiny } from '../support/tinyServices.ts';
import { databaseOf } from '../support/world.ts';

/** The small form of `npm run test:operators`. */
describe('operators who change the state alone', () => {
  const directory = temporaryDirectory();

  it('lose no update of each other, as a serial model says', async () => {
    const worker = join(projectRoot(), 'dist/operators/worker.js');
    const report = await runOperators(directory, worker, { operators: 6, commands: 8, seed: 5 });
    expect(report.complaints).toEqual([]);
    expect(report.done).toBeGreaterThan(10);
    expect(report.done + report.nothingToDo + report.refused + report.locked).toBe(48);
  }, 300_000);
});

const services = ['ant', 'bee', 'cat', 'dog'];

/** What sixteen operators ask for at once; some of it contradicts some other. */
const wishes: readonly (readonly string[])[] = [
  ...services.flatMap((service) => [
    ['release', service, '-v', 'v2'],
    ['changeservice', service, '--delay', '1'],
    ['pop', service],
  ]),
  ['scale', 'ant', '--stacks', '2'],
  ['addendpoint', 'prod', '-s', 'bee', '-p', '8090'],
  ['addendpoint', 'prod', '-s', 'cat', '-p', '8090'],
  ['deploy', 'containers'],
];

describeLab('sixteen operators at once on real hosts', (lab) => {
  it('leave what the state says, and each is told how it went', async () => {
    await succeed(lab, 'init');
    for (const service of services) await addTiny(lab, service, 1, 'v1', 'v1', 'v1', 'v1');
    const { revision } = await stateOf(lab);
    const give = (args: readonly string[]): Promise<Answer> =>
      cmanage(lab, ...args, '-o', 'json', '--lock-wait', '90');
    const answers = await Promise.all(wishes.map(give));
    const told = answers.map(({ exitCode, stdout, stderr }, index) => {
      const wish = (wishes[index] ?? []).join(' ');
      if (exitCode === 0)
        return { wish, exitCode, operation: (JSON.parse(stdout) as { operation: number | null }).operation };
      return { wish, exitCode, said: exitCode === 3 ? stdout : stderr };
    });
    // Whatever is refused is refused by the rules, with a remedy, or by a lock, with a name.
    for (const one of told) {
      if (one.exitCode === 3) expect(one.said).toContain('"remedy"');
      else if (one.exitCode === 6) expect(one.said).toMatch(/ry again/);
      else expect(one).toMatchObject({ exitCode: 0 });
    }
    const operations = told.flatMap(({ operation }) => operation ?? []);
    const rows = await rowsOf<{ id: number; revision: number | null; status: string }>(
      databaseOf(lab),
      `SELECT id, revision, status FROM operation WHERE id IN (${operations.join()})`,
    );
    expect(rows.filter(({ status }) => status !== 'done')).toEqual([]);
    const recorded = rows.filter((row) => row.revision !== null).length;
    expect((await stateOf(lab)).revision).toBe(revision + recorded);
    expect(recorded).toBeGreaterThan(7);
    expect(await complaintsAbout(lab)).toEqual([]);
  }, 300_000);
});
