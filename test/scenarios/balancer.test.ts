import { expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { up } from '../../lab/lab.ts';
import { kill } from '../../lab/processes.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt, listensAt } from '../support/http.ts';
import { addServiceArgs } from '../support/webapp.ts';
import { configOf, whatRuns } from '../support/world.ts';

/** A killed master takes its workers with it: production is down, and cmanage must not make it worse. */
describeLab('a load balancer that is not ours, or does not run', (lab) => {
  const balancer = {
    exitCode: 4,
    says: [/lb01: .*master does not answer/, /does it run/],
  };

  it("whose file is somebody else's keeps it", async () => {
    await succeed(lab, 'init');
    const ours = configOf(lab);
    const theirs = `${ours}frontend shop\n    bind ${lab.gateway}:8099\n`;
    writeFileSync(lab.loadbalancer.config, theirs);
    const refused = {
      exitCode: 2,
      says: ['lb01', lab.loadbalancer.config, 'not written by cmanage', 'several -f'],
    };
    await succeed(lab, ...addServiceArgs(lab));
    const frontDoor = ['addendpoint', 'prod', '-s', 'webapp', '-p', '8080'];
    expectMessage(await cmanage(lab, ...frontDoor), refused);
    expectMessage(await cmanage(lab, ...frontDoor, '--dry-run'), refused);
    expectMessage(await cmanage(lab, 'deploy', 'containers'), refused);
    expect(configOf(lab)).toBe(theirs);
    writeFileSync(lab.loadbalancer.config, ours);
  });

  it('a change of the traffic is given up before anything is touched', async () => {
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await kill(lab.loadbalancer);
    const [containers, config] = [await whatRuns(lab), configOf(lab)];
    expectMessage(await cmanage(lab, 'pop', 'webapp'), balancer);
    expect(await whatRuns(lab)).toEqual(containers);
    expect(configOf(lab)).toBe(config);
    expect(await listensAt(lab, 8080)).toBe(false);
  });

  it('a new front door is given up likewise', async () => {
    const config = configOf(lab);
    expectMessage(await cmanage(lab, 'addendpoint', 'qa', '-s', 'webapp', '-p', '8081'), balancer);
    expect(configOf(lab)).toBe(config);
  });

  it('a change that leaves the traffic alone needs no load balancer', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    expect((await whatRuns(lab)).filter((line) => line.endsWith('running v0.5'))).toHaveLength(2);
  });

  it('once HAProxy runs again, so does the change', async () => {
    await up({ dir: lab.dir });
    await succeed(lab, 'pop', 'webapp');
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
  });
});
