import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { masterCommand } from '../../lab/haproxyApi.ts';
import { cmanageIn, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt, listensAt } from '../support/http.ts';
import { addWebapp } from '../support/webapp.ts';
import { configOf, stateOfWorld } from '../support/world.ts';

/**
 * A configuration that every check accepts, and that HAProxy then cannot start: somebody takes the new port between
 * the check and the reload. Here the program that checks configurations does so when it is called the second time.
 */
describeLab('a reload that HAProxy refuses', (lab) => {
  let etc = '';
  const pidFile = (): string => join(lab.dir, 'thief.pid');
  const stopThief = (): void => {
    if (existsSync(pidFile())) process.kill(Number(readFileSync(pidFile(), 'utf8')));
  };
  const generation = (): Promise<string> =>
    masterCommand(lab.loadbalancer.masterSocket, '@1 show env CMANAGE_GENERATION');

  beforeAll(async () => {
    await addWebapp(lab);
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    etc = copyEtc(lab);
    const program = join(lab.dir, 'haproxy-and-a-thief');
    const thief = `require("net").createServer().listen(8095, "${lab.gateway}")`;
    writeFileSync(
      program,
      `#!/bin/sh
if [ -e ${lab.dir}/checked ] && [ ! -e ${pidFile()} ]; then
  ${process.execPath} -e '${thief}' >/dev/null 2>&1 &
  echo $! > ${pidFile()}
  sleep 1
fi
touch ${lab.dir}/checked
exec haproxy "$@"
`,
    );
    chmodSync(program, 0o755);
    edit(etc, 'hosts.yml', (text) =>
      text.replace(/^( +)master_socket:/m, `$1program: ${program}\n$1master_socket:`),
    );
  });
  afterAll(stopThief);

  it('is put back, and production goes on with the configuration it had', async () => {
    const [world, config, running] = [await stateOfWorld(lab), configOf(lab), await generation()];
    const answer = await cmanageIn({ etc }, 'addendpoint', 'second', '-s', 'webapp', '-p', '8095');
    expect(existsSync(pidFile())).toBe(true);
    expectMessage(answer, {
      exitCode: 4,
      says: ['step 6, reload haproxy.cfg', 'could not be started', 'the state is as before'],
    });
    expect(configOf(lab)).toBe(config);
    expect(await generation()).toBe(running);
    expect(await stateOfWorld(lab)).toEqual(world);
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.1'] });
  });

  it('works when the port is free again', async () => {
    stopThief();
    const answer = await cmanageIn({ etc }, 'addendpoint', 'second', '-s', 'webapp', '-p', '8095');
    expect(answer).toMatchObject({ exitCode: 0 });
    expect(await listensAt(lab, 8095)).toBe(true);
    expect(await answersAt(lab, 8095)).toMatchObject({ versions: ['v0.1'] });
  });
});
