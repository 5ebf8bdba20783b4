import { execa } from 'execa';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { engineRequest } from '../../lab/engineApi.ts';
import type { Lab, LabHost } from '../../lab/lab.ts';
import { bin, cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { execute, integrityOf, latestOperation, rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { startLoad } from '../support/load.ts';
import { addTiny } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp, imageOf, repository } from '../support/webapp.ts';
import {
  databaseOf,
  fingerprint,
  hostOf,
  inspect,
  nameOf,
  containersOn,
  registryDigest,
  whatRuns,
} from '../support/world.ts';

type Entry = {
  id: number;
  command: string;
  status: string;
  revision: number | null;
  reason: string | null;
  services: { service: string; changes: { stacks: string[]; before: string[]; after: string[] }[] }[];
};

/** A release went wrong in production: the way back, and what stands in it. */
describeLab('rollback', story, { hosts: 3 });

function story(lab: Lab): void {
  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4', '-m', 'ticket 4711');
    await succeed(lab, 'pop', 'webapp');
  });
  afterEach(async () => {
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  });

  /** What a stack holds, as `NAME VERSION` from position 0 up, by the database. */
  const column = async (stack: string): Promise<string[]> => {
    const query = 'SELECT name, version FROM container WHERE stack = ? ORDER BY position';
    const rows = await rowsOf<{ name: string; version: string }>(databaseOf(lab), query, stack);
    return rows.map(({ name, version }) => `${name.replace(`${stack}-`, '')} ${version}`);
  };
  const history = (...args: string[]): Promise<Entry[]> => succeedJson<Entry[]>(lab, 'history', ...args);
  const lastId = async (): Promise<number> => (await history('-n', '1'))[0]?.id ?? 0;

  /** Runs what must fail, and touch nothing at all: not even the journal. */
  const expectUntouched = async (exitCode: number, says: (string | RegExp)[], ...args: string[]) => {
    const before = await fingerprint(lab);
    const answer = await cmanage(lab, ...args);
    expectMessage(answer, { exitCode, says });
    expect(await fingerprint(lab)).toEqual(before);
  };

  it('history tells each operation, and what it did to the stacks', async () => {
    const entries = await history('webapp');
    expect(entries.map(({ id, command, status, revision }) => [id, command, status, revision])).toEqual([
      [1, expect.stringMatching(/^addservice webapp /), 'done', 1],
      [2, 'addendpoint prod -s webapp -p 8080', 'done', 2],
      [3, 'addendpoint qa -s webapp -p 8081', 'done', 3],
      [4, 'addendpoint dev -s webapp -p 8082', 'done', 4],
      [5, 'release webapp -v v0.4 -m ticket 4711', 'done', 5],
      [6, 'pop webapp', 'done', 6],
    ]);
    const stacks = ['webapp-stack1', 'webapp-stack2'];
    const four = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
    expect(entries.map(({ services }) => services)).toEqual([
      [{ service: 'webapp', changes: [{ stacks, before: [], after: four.slice(0, 3) }] }],
      ...[2, 3, 4].map(() => [{ service: 'webapp', changes: [] }]),
      [{ service: 'webapp', changes: [{ stacks, before: four.slice(0, 3), after: four }] }],
      [{ service: 'webapp', changes: [{ stacks, before: four, after: four.slice(1) }] }],
    ]);
    expect(entries[4]?.reason).toBe('ticket 4711');
    const { stdout } = await succeed(lab, 'history', '-n', '1');
    expect(stdout).toMatch(
      /^6\t\S+ \S+\t\S+@\S+\tpop webapp\t-\tdone\t6\twebapp: v0\.1 v0\.2 v0\.3 v0\.4 -> v0\.2 v0\.3 v0\.4$/m,
    );
    const { exitCode, stderr } = await cmanage(lab, 'history', 'shop');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nothing is recorded of a service shop');
  });

  it('an operation whose process died is shown as interrupted; looking changes nothing', async () => {
    await execute(databaseOf(lab), `UPDATE operation SET status = 'running' WHERE id = 6`);
    const before = await fingerprint(lab);
    expect((await history('-n', '1'))[0]?.status).toBe('interrupted');
    expect(await fingerprint(lab)).toEqual(before);
    await execute(databaseOf(lab), `UPDATE operation SET status = 'done' WHERE id = 6`);
  });

  it('--dry-run shows the way back, and touches nothing', async () => {
    const before = await fingerprint(lab);
    const { stdout, stderr } = await succeed(lab, 'rollback', 'webapp', '--dry-run');
    expect(stderr).toBe('cmanage: webapp goes back to what it was before operation 6 (pop webapp)');
    expect(stdout).toMatch(/^ *\d+ +create_container +docker02 +webapp-stack2-app5 \(v0\.1, port \d+\)/m);
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('takes a pop back under load: production is the old version, the very bits, and no request is lost', async () => {
    const load = startLoad(lab, 8080);
    const stayed = await inspect(hostOf(lab, 1), 'webapp-stack1-app2');
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.2']);
    await succeed(lab, 'rollback', 'webapp', '-m', 'v0.2 leaks');
    const { answered, failed } = load.look();
    await load.stop();
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(50);
    const names = ['webapp-stack1-app5', 'webapp-stack2-app5'];
    expect(await answersAt(lab, 8080)).toEqual({ versions: ['v0.1'], containers: names });
    expect((await answersAt(lab, 8081)).versions).toEqual(['v0.2']);
    expect((await answersAt(lab, 8082)).versions).toEqual(['v0.3']);
    for (const stack of ['webapp-stack1', 'webapp-stack2']) {
      expect(await column(stack)).toEqual(['app5 v0.1', 'app2 v0.2', 'app3 v0.3', 'app4 v0.4']);
    }
    const digest = await registryDigest(lab, repository, 'v0.1');
    for (const [place, name] of [
      [1, 'webapp-stack1-app5'],
      [2, 'webapp-stack2-app5'],
    ] as const) {
      const found = (await containersOn(hostOf(lab, place))).find((container) => nameOf(container) === name);
      expect(found?.Image).toBe(`${imageOf(lab)}@${digest}`);
      expect(found?.Labels['cmanage.digest']).toBe(digest);
    }
    const { Id, State } = await inspect(hostOf(lab, 1), 'webapp-stack1-app2');
    expect([Id, State.StartedAt]).toEqual([stayed.Id, stayed.State.StartedAt]);
    expect((await history('-n', '1'))[0]).toMatchObject({
      ...{
        id: 7,
        command: 'rollback webapp -m v0.2 leaks',
        reason: 'v0.2 leaks',
        status: 'done',
        revision: 7,
      },
    });
  });

  it('takes a rollback back', async () => {
    const { stderr } = await succeed(lab, 'rollback', 'webapp');
    expect(stderr).toContain('webapp goes back to what it was before operation 7 (rollback webapp');
    expect(await column('webapp-stack1')).toEqual(['app2 v0.2', 'app3 v0.3', 'app4 v0.4']);
    expect(await whatRuns(lab)).toHaveLength(6);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.2']);
  });

  it('--to goes back to an older one; a second time there is nothing to do, and it says so', async () => {
    await succeed(lab, 'rollback', 'webapp', '--to', '1');
    expect(await column('webapp-stack2')).toEqual(['app6 v0.1', 'app2 v0.2', 'app3 v0.3']);
    expect((await whatRuns(lab)).filter((line) => line.endsWith(' v0.4'))).toEqual([]);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
    const before = await fingerprint(lab);
    const { stdout } = await succeed(lab, 'rollback', 'webapp', '--to', '1');
    expect(stdout).toBe('Nothing is to be done: the environment is as asked.');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('a scaling is not taken back: every stack gets the versions of then, and that is told', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    const release = await lastId();
    await succeed(lab, 'scale', 'webapp', '--stacks', '3');
    const { stdout, stderr } = await succeed(lab, 'rollback', 'webapp');
    expect(stderr).toContain(`before operation ${release} (release webapp -v v0.5)`);
    expect(stdout).toContain(
      'rollback: webapp: it stood on docker01, docker02 then and stands on docker01, docker02, docker03 now, and that stays.',
    );
    expect(await column('webapp-stack1')).toEqual(['app6 v0.1', 'app2 v0.2', 'app3 v0.3']);
    expect(await column('webapp-stack3')).toEqual(['app1 v0.1', 'app2 v0.2', 'app3 v0.3']);
    expect(await whatRuns(lab)).toHaveLength(9);
  });

  it('a rule that speaks against the way back refuses it', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
    const canary = ['addendpoint', 'canary', '--stage', 'dev', '-s', 'webapp', '-p', '8090'];
    await succeed(lab, ...canary, '--stackpointer', '3');
    await expectUntouched(3, ['endpoint-service: webapp-endpoint-canary'], 'rollback', 'webapp');
    await succeed(lab, 'delete', 'endpoint', 'webapp-endpoint-canary');
    // Saved first, and run later like every other plan.
    const file = join(lab.dir, 'back.json');
    await succeed(lab, 'rollback', 'webapp', '--out', file);
    expect(await column('webapp-stack3')).toHaveLength(4);
    await succeed(lab, 'apply', file);
    expect(await column('webapp-stack3')).toHaveLength(3);
    expect((await history('-n', '1'))[0]?.command).toBe(`rollback webapp --out ${file}`);
  });

  it('what was never there, or has no past, is not taken for success', async () => {
    await addTiny(lab, 'lone', 1, 'v1');
    const { id } = (await history('lone'))[0] ?? { id: 0 };
    const rollback = (...args: string[]): string[] => ['rollback', ...args];
    await expectUntouched(
      3,
      [`rollback: lone: it came with operation ${id} (addservice lone`],
      ...rollback('lone'),
    );
    await expectUntouched(3, ['rollback: lone: it was not there then'], ...rollback('lone', '--to', '1'));
    await expectUntouched(2, ['there is no operation 999'], ...rollback('webapp', '--to', '999'));
    await expectUntouched(2, ['there is no service shop'], ...rollback('shop'));
    await expectUntouched(2, ['name a service, or a tree'], ...rollback());
    await expectUntouched(2, ['there is no endpoint nowhere'], ...rollback('--tree', 'nowhere'));
    await expectUntouched(
      2,
      ['lone is not in the tree of webapp-endpoint-prod'],
      ...rollback('lone', '--tree', 'webapp-endpoint-prod'),
    );
  });

  it('--tree takes all services of a tree back, with its relations and its pointer', async () => {
    const prod = 'webapp-endpoint-prod';
    await addTiny(lab, 'db', 2, 'v1', 'v2', 'v2');
    await succeed(lab, 'connect', 'webapp', '-c', 'db');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    const good = await lastId();
    const state = async (): Promise<unknown> => ({
      webapp: (await column('webapp-stack1')).map((line) => line.replace(/^\S+ /, '')),
      db: (await column('db-stack1')).map((line) => line.replace(/^\S+ /, '')),
      edges: await rowsOf(databaseOf(lab), 'SELECT * FROM edge ORDER BY endpoint, parent, child'),
      endpoints: await rowsOf(databaseOf(lab), 'SELECT * FROM endpoint ORDER BY name'),
    });
    const before = await state();
    await succeed(lab, 'release', 'db', '-v', 'v3');
    await succeed(lab, 'pop', 'db');
    await succeed(lab, 'pop', 'webapp');
    await succeed(lab, 'changetree', prod, '--child', 'db', '--position', '1');
    expect(await state()).not.toEqual(before);
    const { stderr } = await succeed(lab, 'rollback', '--tree', prod, '--dry-run');
    expect(stderr).toContain(`the tree of ${prod} goes back to what it was before operation`);
    await succeed(lab, 'rollback', 'webapp', '--tree', prod, '--to', String(good));
    expect(await state()).toEqual(before);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
  });

  it('a container that stays and is down is told, with an exit code of its own', async () => {
    await succeed(lab, 'pop', 'webapp');
    const [kept = ''] = await column('webapp-stack1');
    const name = `webapp-stack1-${kept.split(' ')[0] ?? ''}`;
    const stop = await engineRequest(
      'POST',
      hostOf(lab, 1).socket,
      `/containers/${name}/stop?t=0`,
      undefined,
      60_000,
    );
    expect(stop.status).toBe(204);
    const answer = await cmanage(lab, 'rollback', 'webapp');
    expectMessage(answer, {
      exitCode: 7,
      says: [`It went on without ${name}: the new state is recorded`, 'cmanage deploy containers'],
    });
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'done' });
    await succeed(lab, 'deploy', 'containers', 'webapp');
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
  });

  /** Removes an image from a host, as a cleaning job would. */
  const forgetImage = async (host: LabHost, digest: string): Promise<void> => {
    const path = `/images/${imageOf(lab)}@${digest}?force=1`;
    const { status, body } = await engineRequest('DELETE', host.socket, path, undefined, 60_000);
    if (status !== 200) throw new Error(`DELETE ${path}: ${status} ${JSON.stringify(body)}`);
  };

  it('bits that are still on the hosts need no registry; once gone from both, nothing is begun', async () => {
    await succeed(lab, 'pop', 'webapp');
    const digest = await registryDigest(lab, repository, 'v0.1');
    const gone = await fetch(`http://${lab.registry.address}/v2/${repository}/manifests/${digest}`, {
      method: 'DELETE',
    });
    expect(gone.status).toBe(202);
    await succeed(lab, 'rollback', 'webapp');
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
    await succeed(lab, 'pop', 'webapp');
    await forgetImage(hostOf(lab, 2), digest);
    const says = [/docker02: looking for webapp v0\.1 .*not on this host, and cannot be pulled/];
    await expectUntouched(4, says, 'rollback', 'webapp', '--dry-run');
    await expectUntouched(4, says, 'rollback', 'webapp');
  });

  it('after an operation that stopped half-way and was not recorded, it asks instead of guessing', async () => {
    await execute(
      databaseOf(lab),
      `CREATE TRIGGER broken BEFORE UPDATE OF revision ON environment BEGIN SELECT RAISE(ABORT, 'broken disk'); END`,
    );
    expect(await cmanage(lab, 'release', 'webapp', '-v', 'v0.5')).toMatchObject({ exitCode: 4 });
    await execute(databaseOf(lab), 'DROP TRIGGER broken');
    await execute(
      databaseOf(lab),
      `UPDATE operation SET status = 'unfinished' WHERE id = (SELECT max(id) FROM operation)`,
    );
    const id = await lastId();
    await expectUntouched(
      3,
      [`rollback: webapp: operation ${id} (release webapp -v v0.5) has not come to its end`, /--to \d+/],
      ...['rollback', 'webapp'],
    );
  });

  it('a history longer than a pipe holds is written to its end, however slowly it is read', async () => {
    await execute(
      databaseOf(lab),
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
       INSERT INTO operation (command, actor, base_revision, fence, status, plan, started_at, summary)
       SELECT 'release webapp -v v' || i, 'alice@admin', 0, 0, 'undone', '{}', '2026-11-21T00:00:00.000Z', '[]' FROM n`,
    );
    const slow = `${bin.cmanage} history -o json | (sleep 1; cat)`;
    const { stdout } = await execa('bash', ['-c', slow], { env: { CMANAGE_ETC: lab.etc } });
    expect((JSON.parse(stdout) as Entry[]).length).toBeGreaterThan(5000);
  });
}
