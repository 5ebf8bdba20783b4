import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { pushImage } from '../../lab/images.ts';
import type { Lab } from '../../lab/lab.ts';
import { callEngine, makeAgain } from '../support/byHand.ts';
import { cmanageIn, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { savedPlans } from '../support/savedPlans.ts';
import { addTiny } from '../support/tinyServices.ts';
import { configOf, fingerprint, hostOf, whatRuns } from '../support/world.ts';

/** What happens between a plan and its application, as somebody else would do it; each gives what undoes it. */
type Disturbance = {
  readonly what: string;
  readonly says: RegExp;
  readonly happen: () => Promise<Undo>;
};

type Undo = () => unknown;

/** webapp stands on docker01 and docker02, other on docker03. */
describeLab('a saved plan is refused when what it saw has changed', story, { hosts: 3 });

function story(lab: Lab): void {
  const { save, apply } = savedPlans(lab);
  const release = ['release', 'webapp', '-v', 'v1', 'v2'];

  beforeAll(async () => {
    await succeed(lab, 'init');
    await addTiny(lab, 'webapp', 2);
    await addTiny(lab, 'other', 1);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
  });

  let undoing: Undo[] = [];
  const undoAll = async (): Promise<void> => {
    const steps = undoing;
    undoing = [];
    for (const step of steps) await step();
  };
  afterEach(undoAll);

  /** A refusal that names what has changed, and leaves everything alone. */
  const expectRefusal = async (file: string, ...says: RegExp[]): Promise<void> => {
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await apply(file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 });
    for (const words of says) expect(stderr).toMatch(words);
    expect(stderr).toContain('Nothing was touched.');
    expect(await fingerprint(lab)).toEqual(before);
  };

  const docker02 = () => hostOf(lab, 2);
  const app2 = '/containers/webapp-stack2-app2';
  const changeConfiguration = (file: string, from: string, to: string): Promise<Undo> => {
    edit(lab.etc, file, (text) => text.replace(from, to));
    return Promise.resolve(() => {
      edit(lab.etc, file, (text) => text.replace(to, from));
    });
  };

  const inTheWorld: Disturbance[] = [
    {
      what: 'another release of the same service',
      says: /stale-plan: the state: since the plan was made, container webapp-stack1-app4 is new/,
      happen: async () => {
        await succeed(lab, 'release', 'webapp', '-v', 'v1');
        return () => succeed(lab, 'pop', 'webapp', '--stackpointer', '3');
      },
    },
    {
      what: 'a container removed by hand',
      says: /stale-plan: docker02: container webapp-stack2-app2 is gone/,
      happen: async () => {
        await callEngine(docker02(), 'DELETE', `${app2}?force=1`);
        return () => succeed(lab, 'deploy', 'containers');
      },
    },
    {
      what: 'a container made again by hand under the same name',
      says: /stale-plan: docker02: container webapp-stack2-app2 is another one of the same name/,
      happen: async () => {
        await makeAgain(docker02(), 'webapp-stack2-app2');
        return () => undefined;
      },
    },
    {
      what: 'a container stopped by hand',
      says: /stale-plan: docker02: container webapp-stack2-app2 is exited, and was running/,
      happen: async () => {
        await callEngine(docker02(), 'POST', `${app2}/stop`);
        return () => callEngine(docker02(), 'POST', `${app2}/start`);
      },
    },
    {
      what: 'a tag moved in the registry',
      says: /stale-plan: \S+lab\/tiny:v2: the tag stands for sha256:\w{64} now, and the plan saw sha256:\w{64}/,
      happen: async () => {
        const push = (version: string): Promise<string> =>
          pushImage(lab.registry.address, 'lab/tiny', 'v2', { kind: 'tiny', version });
        await push('another v2');
        return () => push('v2');
      },
    },
    {
      what: 'a line written into haproxy.cfg by hand',
      says: /stale-plan: lb01: its haproxy\.cfg is not the one that the plan saw/,
      happen: () => {
        const text = configOf(lab);
        writeFileSync(lab.loadbalancer.config, `${text}# by hand\n`);
        return Promise.resolve(() => {
          writeFileSync(lab.loadbalancer.config, text);
        });
      },
    },
  ];
  it.each(inTheWorld)('$what; made again, it would be run', async ({ says, happen }) => {
    const file = await save(...release);
    undoing = [await happen()];
    await expectRefusal(file, says);
    expect(await apply(await save(...release), '--dry-run')).toMatchObject({ exitCode: 0 });
  });

  const inTheConfiguration: Disturbance[] = [
    {
      what: 'a rule made stricter in rules.yml',
      says: /stack-versions: webapp-stack1-app\d: v1 stands on v1 .* allows only incremental/,
      happen: () => changeConfiguration('rules.yml', '[incremental, equal]', '[incremental]'),
    },
    {
      what: 'a lower limit of a host in hosts.yml',
      says: /host-capacity: docker01: .*max_containers is 3/,
      happen: () => changeConfiguration('hosts.yml', 'max_containers: 100', 'max_containers: 3'),
    },
    {
      what: 'a host gone from hosts.yml',
      says: /stale-plan: docker02: .*hosts\.yml/,
      happen: () => changeConfiguration('hosts.yml', '  docker02:\n', '  docker09:\n'),
    },
  ];
  it.each(inTheConfiguration)('$what; taken back, it would be run', async ({ says, happen }) => {
    const file = await save(...release);
    undoing = [await happen()];
    await expectRefusal(file, says);
    await undoAll();
    expect(await apply(file, '--dry-run')).toMatchObject({ exitCode: 0 });
  });

  it('everything that has changed is named at once, by the dry run too', async () => {
    const file = await save(...release);
    const several = inTheWorld.filter(({ what }) => /tag|haproxy|stopped/.test(what));
    undoing = await Promise.all(several.map(({ happen }) => happen()));
    const says = several.map((disturbance) => disturbance.says);
    await expectRefusal(file, ...says);
    const { exitCode, stderr } = await apply(file, '--dry-run');
    expect(exitCode).toBe(3);
    for (const words of says) expect(stderr).toMatch(words);
  });

  it('steps that would come out otherwise, although all it saw is the same', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v2');
    const file = await save('pop', 'webapp');
    undoing = [await changeConfiguration('hosts.yml', '    config:', '    drain_limit: 7\n    config:')];
    await expectRefusal(
      file,
      /stale-plan: the plan: from step \d+ on it would be another one now: hosts\.yml/,
    );
  });

  it('another service that took a port on the same host, by the rule of ports', async () => {
    const file = await save('release', 'webapp', '-v', 'v3');
    await succeed(lab, 'scale', 'other', '--stacks', '2');
    await expectRefusal(
      file,
      /ports: webapp-stack1-app6: port \d+ of host docker01 is taken by other-stack2-app1/,
    );
  });

  it('and each time the hosts run what they ran', async () => {
    const running = await whatRuns(lab);
    expect(running.filter((line) => line.includes('webapp'))).toHaveLength(8);
    expect(await cmanageIn({ etc: copyEtc(lab) }, 'check')).toMatchObject({ exitCode: 0 });
  });
}
