import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { engineGet } from '../../lab/engineApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { edit } from '../support/etc.ts';
import {
  openSession,
  postgresProgram,
  startPostgres,
  type DatabaseSession,
  type Postgres,
} from '../support/postgres.ts';
import { addTiny } from '../support/tinyServices.ts';
import { addWebapp } from '../support/webapp.ts';
import { hostOf, inspect } from '../support/world.ts';

/** Seconds that a session may stay on a database whose stage its container has left. */
const limit = 4;

const who = `select current_setting('cluster_name') || ' ' || inet_server_port()`;

/** webapp and report use one database in production and another one in qa: real PostgreSQL servers. */
describeLab(
  'databases of stages',
  (lab) => {
    let [production, quality]: Postgres[] = [];
    const sessions: DatabaseSession[] = [];

    beforeAll(async () => {
      edit(lab.etc, 'rules.yml', (text) => text.replace(/^stages: .*$/m, 'stages: [prod, qa]'));
      production = await startPostgres('production', lab.gateway, 5501);
      quality = await startPostgres('quality', lab.gateway, 5502);
      await quality.ask('create table orders (number int)');
      await production.ask('create table orders (number int)');
      await addWebapp(lab);
      await addTiny(lab, 'report', 2, 'v1', 'v2', 'v3');
      const targets = [`prod=${lab.gateway}:5501`, `qa=${lab.gateway}:5502`];
      await succeed(lab, 'addexternal', 'db', ...targets.flatMap((target) => ['--target', target]));
      for (const [index, service] of ['webapp', 'report'].entries()) {
        await succeed(lab, 'addendpoint', 'prod', '-s', service, '-p', String(8080 + 10 * index));
        await succeed(lab, 'addendpoint', 'qa', '-s', service, '-p', String(8081 + 10 * index));
        await succeed(lab, 'connect', service, '-c', 'db', '--drain-limit', String(limit));
      }
      await succeed(lab, 'release', 'webapp', '-v', 'v0.4', 'v0.5');
    });
    afterAll(async () => {
      for (const session of sessions) session.close();
      await Promise.all([production?.stop(), quality?.stop()]);
    });

    /** Opens a session as a container would: from its network, to the address in its environment. */
    const open = async (container: string): Promise<DatabaseSession> => {
      const { pid, host, port } = await linkOf(lab, container);
      const session = openSession(pid, host, port, container);
      sessions.push(session);
      return session;
    };
    const asked = async (container: string): Promise<string> => {
      const session = await open(container);
      const answer = await session.ask(who);
      session.close();
      return answer;
    };
    /** The sessions that a server has, by the container that opened each, with when it did. */
    const listed = (server: Postgres | undefined): Promise<string[]> =>
      server?.ask(
        `select application_name || ' ' || backend_start from pg_stat_activity
         where backend_type = 'client backend' and application_name <> 'test' order by 1`,
      ) ?? Promise.resolve([]);

    it('each container reaches the one of its stage', async () => {
      expect(await asked('webapp-stack1-app4')).toBe('production 5501');
      expect(await asked('webapp-stack1-app5')).toBe('quality 5502');
      // It serves no endpoint yet, and so calls as the last stage does.
      expect(await asked('webapp-stack1-app6')).toBe('quality 5502');
      expect(await asked('report-stack1-app4')).toBe('production 5501');
      expect(await asked('report-stack1-app5')).toBe('quality 5502');
    });

    it('a promoted one reaches the next, its old session is ended by the limit, and nobody else is touched', async () => {
      const promoted = await open('webapp-stack1-app5');
      const stays = await Promise.all(['webapp-stack1-app6', 'report-stack1-app5'].map(open));
      const others = await open('report-stack1-app4');
      for (const session of [promoted, ...stays]) expect(await session.ask(who)).toBe('quality 5502');
      expect(await others.ask(who)).toBe('production 5501');
      await promoted.ask('begin; insert into orders values (1)');
      const [before, inProduction] = [await listed(quality), await listed(production)];
      expect(before).toHaveLength(3);

      const started = performance.now();
      const { stderr } = await succeed(lab, 'pop', 'webapp');
      const seconds = (performance.now() - started) / 1000;
      expect(seconds).toBeGreaterThan(limit);
      expect(stderr).toMatch(/wait_drained lb01 webapp-stack1-app5 to db: 1 session was cut after 4 s/);

      await expect(promoted.ask(who)).rejects.toThrow('the session does not answer');
      expect(promoted.isOver()).toBe(true);
      expect(await listed(quality)).toEqual(before.filter((line) => !line.startsWith('webapp-stack1-app5')));
      expect(await listed(production)).toEqual(inProduction);
      for (const session of stays) expect(await session.ask(who)).toBe('quality 5502');
      expect(await others.ask(who)).toBe('production 5501');
      // What it had not committed is in neither.
      expect(await quality?.ask('select number from orders')).toEqual([]);
      expect(await production?.ask('select number from orders')).toEqual([]);

      expect(await asked('webapp-stack1-app5')).toBe('production 5501');
      expect(await asked('webapp-stack2-app5')).toBe('production 5501');
      expect(await asked('webapp-stack1-app6')).toBe('quality 5502');
      for (const session of stays) session.close();
    });

    it('a session that ends by itself is not waited for longer', async () => {
      const promoted = await open('webapp-stack1-app6');
      expect(await promoted.ask(who)).toBe('quality 5502');
      const asleep = promoted.ask('select pg_sleep(1)').then(() => {
        promoted.close();
      });
      const { stderr } = await succeed(lab, 'pop', 'webapp');
      await asleep;
      expect(stderr).toMatch(/wait_drained lb01 webapp-stack1-app6 to db: drained after/);
      expect(await asked('webapp-stack1-app6')).toBe('production 5501');
    });
  },
  { program: postgresProgram },
);

async function linkOf(lab: Lab, container: string): Promise<{ pid: number; host: string; port: number }> {
  const host = hostOf(lab, Number(/-stack(\d)/.exec(container)?.[1]));
  const { Config } = await inspect(host, container);
  const { State } = (await engineGet(host.socket, `/containers/${container}/json`)) as {
    State: { Pid: number };
  };
  const variable = (name: string): string =>
    Config.Env.find((line) => line.startsWith(`CMANAGE_LINK_DB_${name}=`))?.split('=')[1] ?? '';
  return { pid: State.Pid, host: variable('HOST'), port: Number(variable('PORT')) };
}
