import { beforeAll, expect, it } from '@jest/globals';
import { succeed } from '../support/cmanage.ts';
import { execute } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf, whatRuns } from '../support/world.ts';

describeLab('a host that is not the one it was', (lab) => {
  beforeAll(() => addWebapp(lab));

  it('is not given anything', async () => {
    await execute(databaseOf(lab), `UPDATE host SET engine_id = 'AAAA:BBBB' WHERE name = 'docker02'`);
    await expectFailure(lab, ['release', 'webapp', '-v', 'v0.4'], {
      exitCode: 4,
      says: ['docker02', 'AAAA:BBBB', 'another machine', 'cmanage forgethost docker02'],
    });
  });

  it('is taken as it is once somebody says that this is right', async () => {
    expect((await succeed(lab, 'forgethost', 'docker02')).stdout).toContain('docker02 is forgotten');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    expect((await whatRuns(lab)).filter((line) => line.endsWith('running v0.4'))).toHaveLength(2);
    expect((await succeed(lab, 'forgethost', 'docker09')).stdout).toContain('no engine of docker09');
  });
});
