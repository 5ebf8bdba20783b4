import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { wipeContainers } from '../../lab/faults.ts';
import type { Lab } from '../../lab/lab.ts';
import { cmanage, cmanageIn, succeed } from '../support/cmanage.ts';
import { integrityOf, latestOperation, latestSteps, rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { outline, savedPlans, stepsIn } from '../support/savedPlans.ts';
import { addTiny, tinyImage } from '../support/tinyServices.ts';
import { databaseOf, fingerprint, hostOf, serversOf, whatRuns } from '../support/world.ts';

/** webapp stands on docker01 and docker02, other on docker03 alone, so that no two services want the same host port. */
describeLab('plans that are saved, and run later', story, { hosts: 3 });

function story(lab: Lab): void {
  const { newFile, save, apply } = savedPlans(lab);
  const release = ['release', 'webapp', '-v', 'v2'];

  beforeAll(async () => {
    await succeed(lab, 'init');
    await addTiny(lab, 'webapp', 2);
    await addTiny(lab, 'other', 1);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
  });
  afterEach(async () => {
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  });

  /** Runs a plan, which must make exactly the steps that stand in its file. */
  const applyExactly = async (file: string): Promise<void> => {
    const answer = await apply(file);
    expect(answer).toMatchObject({ exitCode: 0 });
    const steps = await latestSteps(databaseOf(lab));
    expect(steps.map(outline)).toEqual(stepsIn(file));
    expect(new Set(steps.map(({ status }) => status))).toEqual(new Set(['done']));
  };

  it('--out writes a file for its owner alone, and touches nothing', async () => {
    const before = await fingerprint(lab);
    const file = await save(...release);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(stepsIn(file).map(({ kind }) => kind)).toContain('create_container');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('a file that is there is not overwritten', async () => {
    const file = newFile();
    writeFileSync(file, 'precious');
    const { exitCode, stderr } = await cmanage(lab, ...release, '--out', file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).toContain('the file exists');
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('what the rules refuse is not saved', async () => {
    const file = newFile();
    expect(await cmanage(lab, 'pop', 'webapp', '--out', file)).toMatchObject({ exitCode: 3 });
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('a plan edited by hand is refused', async () => {
    const file = await save(...release);
    const before = await fingerprint(lab);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('webapp-stack2-app4', 'webapp-stack2-app5'));
    const { exitCode, stderr } = await apply(file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 });
    expect(stderr).toContain(`stale-plan: ${file}: it was changed after it was saved`);
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('a plan of another environment is refused in this one', async () => {
    const etc = copyEtc(lab);
    edit(etc, 'cmanage.yml', (text) => text.replace('cmanage.db', 'another.db'));
    const file = newFile();
    await cmanageIn({ etc }, 'init');
    const add = ['addservice', 'third', '-i', tinyImage(lab), '-v', 'v1'];
    expect(await cmanageIn({ etc }, ...add, '--out', file)).toMatchObject({ exitCode: 0 });
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await apply(file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).toContain(`${file}: it was made for another environment`);
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('rubbish is no plan', async () => {
    const before = await fingerprint(lab);
    const good = JSON.parse(readFileSync(await save(...release), 'utf8')) as Record<string, unknown>;
    const deep = `{"format":1,"environment":${JSON.stringify(good.environment)},"seal":"0","plan":`;
    const rubbish: [content: string | Buffer | null, exitCode: number][] = [
      ...['', '[]', 'null', '{}', '7', '{"format":1}', '{"plan":', '\u0000\u0001'].map(
        (text): [string, number] => [text, 2],
      ),
      [Buffer.from([0xff, 0xfe, 0x00, 0x80]), 2],
      [JSON.stringify({ ...good, format: 2 }), 2],
      [JSON.stringify({ ...good, environment: ['x'] }), 2],
      [JSON.stringify({ ...good, seal: 7 }), 3],
      [JSON.stringify({ ...good, seal: 'ß'.repeat(64) }), 3],
      [JSON.stringify({ ...good, plan: null }), 3],
      [`${deep}${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 3],
      [null, 2],
    ];
    for (const [content, expected] of rubbish) {
      const file = newFile();
      if (content === null) mkdirSync(file);
      else writeFileSync(file, content);
      const { exitCode, stderr } = await apply(file);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: expected });
      expect(stderr).toContain(file);
      expect(stderr).not.toMatch(/^\s+at |EISDIR|undefined/m);
    }
    for (const [file, says] of [
      [newFile(), 'there is no such file'],
      ['/dev/zero', '/dev/zero'],
    ] as const) {
      const { exitCode, stderr } = await apply(file);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
      expect(stderr).toContain(says);
    }
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('apply makes exactly the steps in the file, once, with the reason the plan was made for', async () => {
    const file = await save(...release, '-m', 'ticket 4711');
    await applyExactly(file);
    const running = await whatRuns(lab);
    expect(running).toHaveLength(11);
    expect(running).toContain('docker01 webapp-stack1-app4 running v2');
    expect(running).toContain('docker02 webapp-stack2-app4 running v2');
    const query = 'SELECT reason FROM operation ORDER BY id DESC LIMIT 1';
    expect(await rowsOf(databaseOf(lab), query)).toEqual([{ reason: 'ticket 4711' }]);
    const before = await fingerprint(lab);
    expect(await apply(file)).toMatchObject({ exitCode: 3 });
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('a deployment: lost containers come back', async () => {
    const before = await whatRuns(lab);
    await wipeContainers(hostOf(lab, 2));
    const file = await save('deploy', 'containers');
    await applyExactly(file);
    expect(await whatRuns(lab)).toEqual(before);
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'done' });
  });

  it('a deployment is refused where what was lost has come back meanwhile', async () => {
    await wipeContainers(hostOf(lab, 3));
    const file = await save('deploy', 'containers', 'other');
    await succeed(lab, 'deploy', 'containers');
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await apply(file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 });
    expect(stderr).toContain('docker03: container other-stack1-app1 is new');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('a connection: the relation is in the state, whoever calls is renewed, and nobody else is touched', async () => {
    const before = await whatRuns(lab);
    const file = await save('connect', 'webapp', '-c', 'other', '-e', 'webapp-endpoint-prod');
    expect(await rowsOf(databaseOf(lab), 'SELECT * FROM edge')).toEqual([]);
    await applyExactly(file);
    expect(await rowsOf(databaseOf(lab), 'SELECT * FROM edge')).toEqual([
      {
        endpoint: 'webapp-endpoint-prod',
        parent: 'webapp',
        child: 'other',
        position: null,
        drain_limit: null,
      },
    ]);
    const after = await whatRuns(lab);
    const ofOther = (line: string): boolean => line.includes(' other-');
    expect(after.filter(ofOther)).toEqual(before.filter(ofOther));
    // From app5 on: as many, with the same versions.
    const renewed = (line: string): string =>
      line.replace(
        /(webapp-stack\d-app)(\d)/,
        (_all, name: string, number) => `${name}${Number(number) + 4}`,
      );
    expect(after).toEqual(before.map(renewed).sort());
  });

  it('a pop, although another service had a release on a host of its own meanwhile', async () => {
    const file = await save('pop', 'webapp');
    await succeed(lab, 'release', 'other', '-v', 'v2');
    await applyExactly(file);
    const running = await whatRuns(lab);
    expect(running.filter((line) => line.includes('webapp-stack1'))).toEqual([
      'docker01 webapp-stack1-app6 running v1',
      'docker01 webapp-stack1-app7 running v1',
      'docker01 webapp-stack1-app8 running v2',
    ]);
    const servers = (await serversOf(lab)).filter((line) => line.startsWith('webapp-endpoint-prod/'));
    expect(servers).toEqual([
      `webapp-endpoint-prod/webapp-stack1-app6 ${hostOf(lab, 1).address}:20005`,
      `webapp-endpoint-prod/webapp-stack2-app6 ${hostOf(lab, 2).address}:20005`,
    ]);
  });

  it('a release is refused where its parent had one meanwhile, whose links the load balancer has now', async () => {
    const file = await save('release', 'other', '-v', 'v3');
    await succeed(lab, 'release', 'webapp', '-v', 'v3');
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await apply(file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 });
    expect(stderr).toContain('lb01');
    expect(await fingerprint(lab)).toEqual(before);
    await applyExactly(await save('release', 'other', '-v', 'v3'));
    expect(await whatRuns(lab)).toContain('docker03 other-stack1-app5 running v3');
  });

  it('a deletion with all that depends on it', async () => {
    const file = await save('delete', 'service', 'other', '--cascade');
    await applyExactly(file);
    expect((await whatRuns(lab)).filter((line) => line.startsWith('docker03'))).toEqual([]);
    expect(await rowsOf(databaseOf(lab), 'SELECT * FROM edge')).toEqual([]);
    expect(await rowsOf(databaseOf(lab), 'SELECT name FROM service')).toEqual([{ name: 'webapp' }]);
  });
}
