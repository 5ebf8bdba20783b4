import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { statsCommand } from '../../lab/haproxyApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { succeed } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { edit } from '../support/etc.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addTiny } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp, repository } from '../support/webapp.ts';
import {
  containersOn,
  databaseOf,
  fingerprint,
  hostOf,
  inspect,
  nameOf,
  registryDigest,
  serversOf,
  whatRuns,
} from '../support/world.ts';

/** Clients ask qa without a pause while its containers are replaced and its pointer moves; none is ever turned away. */
describeLab('figure 4.15, replacement; and branching', (lab) => {
  let load: Load | undefined;
  const [qa, dev] = ['webapp-endpoint-qa', 'webapp-endpoint-dev'];

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    await addTiny(lab, 'db', 2, 'v1', 'v2', 'v3');
    await succeed(lab, 'connect', 'webapp', '-c', 'db');
    load = startLoad(lab, 8081);
  });
  afterEach(() => {
    const { answered, failed } = load?.look() ?? { answered: 0, failed: ['no load'] };
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(20);
  });
  afterAll(() => load?.stop());

  // The containers of webapp are app4 to app6: those that did not know yet whom they call were renewed by the connection.
  it('up: position 1 gets the bits of position 2, by a new container on every stack', async () => {
    await succeed(lab, 'replace', 'webapp', '--position', '1', '--direction', 'up');
    expect(await webappOn(lab, 1)).toEqual(['app4 v0.1 0', 'app6 v0.3 2', 'app7 v0.3 1']);
    expect(await webappOn(lab, 2)).toEqual(['app4 v0.1 0', 'app6 v0.3 2', 'app7 v0.3 1']);
    const digest = await registryDigest(lab, repository, 'v0.3');
    for (const host of lab.hosts) {
      const found = (await containersOn(host)).find((container) => nameOf(container).endsWith('-app7'));
      expect(found?.Labels['cmanage.digest']).toBe(digest);
      expect(found?.Image).toContain(digest);
    }
    expect(await answersAt(lab, 8081)).toMatchObject({ versions: ['v0.3'] });
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.1'] });
    await expectStartFirst(lab);
  });

  it('down: position 1 gets the bits of position 0', async () => {
    await succeed(lab, 'replace', 'webapp', '--position', '1', '--direction', 'down');
    expect(await webappOn(lab, 2)).toEqual(['app4 v0.1 0', 'app6 v0.3 2', 'app8 v0.1 1']);
    expect(await answersAt(lab, 8081)).toEqual({
      versions: ['v0.1'],
      containers: ['webapp-stack1-app8', 'webapp-stack2-app8'],
    });
    await expectStartFirst(lab);
  });

  it('there is nothing above the top and nothing below the bottom', async () => {
    const replace = (position: string, direction: string): string[] => [
      ...['replace', 'webapp', '--position', position, '--direction', direction],
    ];
    await expectFailure(lab, replace('2', 'up'), { exitCode: 3, says: [/nothing stands above position 2/] });
    await expectFailure(lab, replace('0', 'down'), {
      exitCode: 3,
      says: [/nothing stands below position 0/],
    });
    await expectFailure(lab, replace('3', 'down'), { exitCode: 3, says: [/no position 3/] });
  });

  it('a host without room for the old and the new one side by side is noticed beforehand', async () => {
    const count = (await containersOn(hostOf(lab, 1))).length;
    const limit = ['max_containers: 100', `max_containers: ${count}`] as const;
    edit(lab.etc, 'hosts.yml', (text) => text.replace(...limit));
    await expectFailure(lab, ['replace', 'webapp', '--position', '0', '--direction', 'up'], {
      exitCode: 3,
      says: [new RegExp(`host-capacity: docker01: after step \\d+ .*${count + 1} containers`)],
    });
    edit(lab.etc, 'hosts.yml', (text) => text.replace(limit[1], limit[0]));
  });

  it("a branching moves an endpoint's pointer, and its traffic with it", async () => {
    const running = await whatRuns(lab);
    await succeed(lab, 'changetree', qa, '--position', '2');
    expect(await answersAt(lab, 8081)).toMatchObject({ versions: ['v0.3'] });
    expect((await serversOf(lab)).filter((line) => line.startsWith(qa))).toEqual([
      `${qa}/webapp-stack1-app6 ${hostOf(lab, 1).address}:20008`,
      `${qa}/webapp-stack2-app6 ${hostOf(lab, 2).address}:20008`,
    ]);
    expect(await whatRuns(lab)).toEqual(running);
    await succeed(lab, 'changetree', qa, '--position', '1');
    expect(await answersAt(lab, 8081)).toMatchObject({ versions: ['v0.1'] });
  });

  it('a branching of one edge leads calls elsewhere, and neither a container nor HAProxy starts anew', async () => {
    const [before, calls] = [await fingerprint(lab), await callsOfDb(lab)];
    expect(calls).toEqual(['app4 link.db.0', 'app6 link.db.2', 'app8 link.db.1']);
    await succeed(lab, 'changetree', dev, '--child', 'db', '--position', '0');
    const [database, config] = [expect.any(String) as unknown, expect.any(String) as unknown];
    expect(await fingerprint(lab)).toEqual({ ...before, database, config });
    expect(await positionOfDb(lab, dev)).toEqual([{ position: 0 }]);
    expect(await callsOfDb(lab)).toEqual(['app4 link.db.0', 'app6 link.db.0', 'app8 link.db.1']);
    await succeed(lab, 'changetree', dev, '--child', 'db', '--position', 'pointer');
    expect(await positionOfDb(lab, dev)).toEqual([{ position: null }]);
    expect(await callsOfDb(lab)).toEqual(calls);
    expect(await fingerprint(lab)).toEqual({ ...before, database });
  });

  it('it is refused where one container would serve two trees that disagree, until they agree', async () => {
    await succeed(lab, 'changetree', dev, '--position', '1');
    const move = (endpoint: string, position: string): string[] => [
      ...['changetree', endpoint, '--child', 'db', '--position', position],
    ];
    await expectFailure(lab, move(dev, '2'), {
      exitCode: 3,
      says: [/tree-unambiguous: webapp: its containers at position 1 would call db/, qa, dev],
    });
    // The second remedy of the message: the endpoints point at different positions.
    await succeed(lab, 'changetree', dev, '--position', '2');
    await succeed(lab, ...move(dev, '1'));
    expect(await positionOfDb(lab, dev)).toEqual([{ position: 1 }]);
    // The first one: both name the same position.
    await expectFailure(lab, ['changetree', dev, '--position', '0'], {
      exitCode: 3,
      says: [/tree-unambiguous: webapp: its containers at position 0 would call db/],
    });
    await succeed(lab, ...move(dev, '0'));
    await succeed(lab, 'changetree', dev, '--position', '0');
    expect(await answersAt(lab, 8082)).toMatchObject({ versions: ['v0.1'] });
  });

  it('an endpoint cannot be pointed above its stack, nor by the name of a parent alone', async () => {
    await expectFailure(lab, ['changetree', qa, '--position', '3'], {
      exitCode: 3,
      says: [/endpoint-service: webapp-endpoint-qa: it points at position 3/],
    });
    await expectFailure(lab, ['changetree', qa, '--parent', 'webapp', '--position', '0'], {
      exitCode: 2,
      says: [/--child/],
    });
  });
});

/** The containers of webapp on a host, as `NAME VERSION POSITION`: the position is the state's, which the rest must match. */
async function webappOn(lab: Lab, place: number): Promise<string[]> {
  const found = (await containersOn(hostOf(lab, place))).filter((container) =>
    nameOf(container).startsWith('webapp-'),
  );
  const query = 'SELECT name, position FROM container';
  const rows = await rowsOf<{ name: string; position: number }>(databaseOf(lab), query);
  const positions = new Map(rows.map(({ name, position }) => [name, position]));
  return found.map((container) => {
    const name = nameOf(container);
    return `${name.split('-').at(-1) ?? ''} ${container.Labels['cmanage.version'] ?? ''} ${positions.get(name) ?? '?'}`;
  });
}

function positionOfDb(lab: Lab, endpoint: string): Promise<Record<string, unknown>[]> {
  return rowsOf(databaseOf(lab), `SELECT position FROM edge WHERE child = 'db' AND endpoint = ?`, endpoint);
}

/** Where the running HAProxy leads the calls of db by the containers of webapp on docker01, as `NAME BACKEND`. */
async function callsOfDb(lab: Lab): Promise<string[]> {
  const { statsSocket, config } = lab.loadbalancer;
  const map = await statsCommand(statsSocket, `show map ${config}.links.map`);
  const host = hostOf(lab, 1);
  const names = (await containersOn(host)).map(nameOf).filter((name) => name.startsWith('webapp-'));
  const calls = names.map(async (name) => {
    const variable = (await inspect(host, name)).Config.Env.find((line) =>
      line.startsWith('CMANAGE_LINK_DB_PORT='),
    );
    const port = variable?.split('=')[1] ?? '';
    const backend = new RegExp(`^0x\\S+ ${port} (\\S+)$`, 'm').exec(map)?.[1] ?? 'nobody';
    return `${name.split('-').at(-1) ?? ''} ${backend}`;
  });
  return Promise.all(calls);
}

/** By the times in the journal: what is new was healthy and served before the old was drained, and that before it stopped. */
async function expectStartFirst(lab: Lab): Promise<void> {
  const query = `SELECT kind, object, started_at AS begun, finished_at AS ended FROM step
    WHERE operation = (SELECT max(id) FROM operation)`;
  const steps = await rowsOf<Record<'kind' | 'object' | 'begun' | 'ended', string>>(databaseOf(lab), query);
  const of = (kind: string) => steps.filter((step) => step.kind === kind);
  const last = (kind: string): string =>
    of(kind)
      .map((step) => step.ended)
      .sort()
      .at(-1) ?? 'never';
  const first = (kind: string): string =>
    of(kind)
      .map((step) => step.begun)
      .sort()[0] ?? '';
  for (const kind of ['wait_healthy', 'add_server', 'drain_server', 'wait_drained', 'stop_container']) {
    expect(of(kind)).toHaveLength(2);
  }
  expect(last('wait_healthy') <= first('add_server')).toBe(true);
  expect(last('add_server') <= first('drain_server')).toBe(true);
  expect(of('write_config')).toHaveLength(1);
  expect(last('write_config') <= first('stop_container')).toBe(true);
  for (const stop of of('stop_container')) {
    const wait = of('wait_drained').find(({ object }) => object.endsWith(`/${stop.object}`));
    expect(wait && wait.ended <= stop.begun).toBe(true);
  }
}
