import { beforeAll, expect, it } from '@jest/globals';
import { cmanage, succeed } from '../support/cmanage.ts';
import { execute, integrityOf, latestOperation } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure, expectMessage } from '../support/expectFailure.ts';
import { answersAt, listensAt } from '../support/http.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf, whatRuns } from '../support/world.ts';

/** The very last step fails: the database takes the journal, but not the new state. A trigger stands for a broken disk. */
describeLab('a state that cannot be recorded', (lab) => {
  beforeAll(async () => {
    await addWebapp(lab);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await execute(
      databaseOf(lab),
      `CREATE TRIGGER broken BEFORE UPDATE OF revision ON environment BEGIN SELECT RAISE(ABORT, 'broken disk'); END`,
    );
  });

  it('where nothing was removed, takes traffic back', async () => {
    await expectFailure(lab, ['addendpoint', 'qa', '-s', 'webapp', '-p', '8081'], {
      exitCode: 4,
      says: ['commit_state', 'broken disk', 'the state is as before'],
    });
    expect(await listensAt(lab, 8081)).toBe(false);
  });

  it('where something was removed, says that traffic has moved and the database has not', async () => {
    const answer = await cmanage(lab, 'pop', 'webapp');
    expectMessage(answer, {
      exitCode: 5,
      says: ['commit_state', 'broken disk', 'Traffic has moved', 'still says what was before'],
    });
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
    expect((await whatRuns(lab)).filter((line) => line.endsWith(' v0.1'))).toEqual([]);
    expect((await succeed(lab, 'show', 'services')).stdout).toContain('\t4\tv0.1\tv0.2\tv0.3\t');
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'unfinished' });
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  });

  it('is recorded by resume, when it can be', async () => {
    await expectFailure(lab, ['rollback', 'webapp'], { exitCode: 3, says: ["'cmanage resume"] });
    await execute(databaseOf(lab), 'DROP TRIGGER broken');
    await succeed(lab, 'resume');
    expect((await succeed(lab, 'show', 'services')).stdout).toContain('\t3\tv0.2\tv0.3\tv0.4');
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'done' });
  });
});
