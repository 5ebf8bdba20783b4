import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type http from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemonIn } from '../../lab/processes.ts';
import { waitUntil } from '../../lab/run.ts';
import { cmanageIn } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addRegistry, copyEtc } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { passOn, startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { repository } from '../support/webapp.ts';
import { databaseOf, registryDigest, whatRuns } from '../support/world.ts';

const password = 'correct:horse battery';
const expected = `Basic ${Buffer.from(`releaser:${password}`).toString('base64')}`;

/**
 * The lab's registry behind a door that asks for a password. Engines trust a registry without TLS at 127.0.0.1, so the
 * door is at that address, of this machine for cmanage and, passed on by socat, of each host for its engine.
 */
describeLab('a registry that asks for credentials', (lab) => {
  let registry: FakeRegistry | undefined;
  const admitted = new Set<string>();

  const door = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="lab"' }).end('{"errors":[]}');
      return;
    }
    admitted.add(request.headers['user-agent']?.startsWith('docker/') ? 'engine' : 'cmanage');
    passOn(lab.registry.address, request, response);
  };

  beforeAll(async () => {
    registry = await startFakeRegistry('0.0.0.0', door);
    const port = registry.address.split(':')[1] ?? '';
    for (const host of lab.hosts) {
      const listen = `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`;
      const log = join(host.dir, 'door.log');
      await startDaemonIn(host.namespace, lab.mark, log, ['socat', listen, `TCP:${lab.gateway}:${port}`]);
    }
    await waitUntil(() => false, 200);
  });
  afterAll(() => registry?.close());

  const add = async (credentials: string | null, ...more: string[]) => {
    const address = (registry?.address ?? '').replace('0.0.0.0', '127.0.0.1');
    const etc = copyEtc(lab);
    if (credentials !== null) writeFileSync(join(etc, 'registry.password'), credentials, { mode: 0o600 });
    addRegistry(
      etc,
      address,
      `{ insecure: true${credentials === null ? '' : ', credentials: registry.password'} }`,
    );
    await cmanageIn({ etc }, 'init');
    const image = `${address}/${repository}`;
    return cmanageIn({ etc }, 'addservice', 'webapp', '-i', image, '-s', '2', '-v', 'v0.1', ...more);
  };

  it.each([
    ['without credentials', null, 'access is denied'],
    ['with wrong ones', 'releaser:wrong', 'access is denied'],
    ['with a file that is no USER:PASSWORD', 'nothing', 'USER:PASSWORD'],
  ])('%s nothing is done', async (_how, credentials, says) => {
    expectMessage(await add(credentials), { exitCode: 2, says: [says] });
    expect(await whatRuns(lab)).toEqual([]);
    expect(admitted.size).toBe(0);
  });

  it('with the right ones cmanage looks the digest up and the engines pull it', async () => {
    const answer = await add(`releaser:${password}\n`);
    expect(answer).toMatchObject({ exitCode: 0 });
    expect(await whatRuns(lab)).toHaveLength(6);
    expect([...admitted].sort()).toEqual(['cmanage', 'engine']);
    expect(readFileSync(databaseOf(lab), 'latin1')).toContain(await registryDigest(lab, repository, 'v0.1'));
  });

  it('the password is in no output and not in the database', async () => {
    const { stdout, stderr } = await cmanageIn({ etc: lab.etc }, 'show', 'state', '-o', 'json');
    const seen = [stdout, stderr, readFileSync(databaseOf(lab), 'latin1')].join('\n');
    for (const form of [password, expected, Buffer.from(password).toString('base64')])
      expect(seen).not.toContain(form);
  });
});
