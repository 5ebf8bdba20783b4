import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Asker } from '../../src/cli/wizard/asking.ts';
import { askAndWrite } from '../../src/cli/wizard/wizard.ts';
import { readConfig } from '../../src/config/config.ts';
import { fakeEngines } from '../support/fakeEngine.ts';
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const makeEngine = fakeEngines();
let registry: FakeRegistry;

beforeAll(async () => {
  registry = await startFakeRegistry('127.0.0.1', (_request, response) => response.writeHead(401).end());
});
afterAll(() => {
  registry.close();
});

/** Answers each question by the first of the answers that it matches, in their order, and keeps all that is said. */
function answering(
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Asker & { said: string[] } {
  const left = [...answers];
  const said: string[] = [];
  return {
    said,
    ask: (question) => {
      said.push(question);
      const next = left.shift();
      if (!next?.[0].test(question)) throw new Error(`asked ${question}, and not ${String(next?.[0])}`);
      return Promise.resolve(next[1]);
    },
    say: (text) => {
      said.push(text);
    },
    wait: (work) => work,
    close: () => undefined,
  };
}

async function socketOfEngine(name = 'docker01'): Promise<string> {
  const fake = await makeEngine(name);
  fake.info = { ServerVersion: '27.0.1', SystemTime: '2026-11-21T12:00:00Z', LiveRestoreEnabled: false };
  return fake.socket;
}

const begin: [RegExp, string][] = [
  [/^Name of this environment \[production\]/, 'staging'],
  [/^State database/, 'state.db'],
];
const noBalancer: [RegExp, string] = [/^Name of the load balancer/, '-'];
const noRegistry: [RegExp, string] = [/^A registry of your own/, ''];
const end: [RegExp, string][] = [
  [/^Stages, .* \[prod qa dev\]/, 'live, test'],
  [/^Fewest containers of a stack \[3\]/, '2'],
];

describe('the questions of init', () => {
  it('lead to files that say the answers, with each part tried and what is wrong told', async () => {
    const socket = await socketOfEngine();
    const etc = join(mkdtempSync(join(directory, 'w-')), 'etc');
    const asker = answering([
      ...begin,
      [/^Name of the first Docker host \[docker01\]/, 'Docker'],
      [/^Name of the first Docker host/, ''],
      [/Its engine.* \[unix:\/\/\/var\/run\/docker\.sock\]/, 'docker.sock'],
      [/Its engine/, `unix://${directory}/nobody.sock`],
      [/IPv4 address .* \[127\.0\.0\.1\]/, '192.0.2.11'],
      [/Try again, change it/, 'x'],
      [/Try again, change it/, 't'],
      [/Try again, change it/, 'c'],
      [/Its engine.*nobody\.sock\]/, `unix://${socket}`],
      [/IPv4 address/, '192.0.2.11'],
      [/^Name of another one/, 'docker01'],
      [/^Name of another one/, 'docker02'],
      [/Its engine/, `tcp://127.0.0.1:1`],
      [/authority \[tls\/ca\.pem\]/, '-'],
      [/IPv4 address .* \[127\.0\.0\.1\]/, ''],
      [/Try again, change it/, 'k'],
      [/^Name of another one/, 'docker03'],
      [/Its engine/, 'unix:///nowhere.sock'],
      [/IPv4 address/, ''],
      [/Try again, change it/, 'leave it out'],
      [/^Name of another one/, ''],
      [/^Name of the load balancer/, 'lb01'],
      [/Words before commands .*\[-\]/, ''],
      [/Public IPv4 address .*\[-\]/, 'everywhere'],
      [/Public IPv4 address/, ''],
      [/Its configuration/, `${directory}/haproxy.cfg`],
      [/Its master socket/, `${directory}/master.sock`],
      [/Its stats socket/, `${directory}/stats.sock`],
      [/Try again, change it/, 'k'],
      [/^A registry of your own/, registry.address],
      [/Does it speak TLS/, 'n'],
      noRegistry,
      ...end,
      [/^Write .* \[y\]/, ''],
      [/^Create the state database .*state\.db now\? .* \[y\]/, ''],
    ]);
    expect(await askAndWrite(asker, etc, asker.say)).toBe(join(etc, 'state.db'));
    const { settings, environment, connection } = readConfig(etc);
    expect(settings.environmentName).toBe('staging');
    expect(environment.rules.stages).toEqual(['live', 'test']);
    expect(connection.engines.map(({ name, transport }) => [name, transport.kind])).toEqual([
      ['docker01', 'unix'],
      ['docker02', 'plain'],
    ]);
    expect(environment.loadBalancers).toMatchObject([{ name: 'lb01', address: null }]);
    expect(connection.registries).toMatchObject([{ address: registry.address, insecure: true }]);
    const said = asker.said.join('\n');
    expect(said).toContain('"Docker" cannot be it: use lower-case letters');
    expect(said).toContain(
      '"docker.sock" cannot be it: give unix:///path, tcp://HOST:PORT or ssh://USER@HOST',
    );
    expect(said).toContain('"docker01" cannot be it: there is one by that name already');
    expect(said.match(/PROBLEM: docker01: .*ENOENT/g)).toHaveLength(2);
    expect(said).toContain('ok: docker01 answers: Docker 27.0.1\n    -> set "live-restore": true');
    expect(said).toContain('-> nothing listens at 127.0.0.1:1');
    expect(said).toContain(
      `-> start HAProxy as: haproxy -W -S ${directory}/master.sock -f ${directory}/haproxy.cfg`,
    );
    expect(said).toContain(`ok: ${registry.address} answers, and wants credentials`);
  });

  it('take a second host by the first one, tell what is not there yet, and refuse the same engine twice', async () => {
    const [socket, other] = [await socketOfEngine('one'), await socketOfEngine('two')];
    const etc = join(mkdtempSync(join(directory, 'w-')), 'etc');
    const asker = answering([
      ...begin,
      [/^Name of the first Docker host/, ''],
      [/Its engine/, 'tcp://docker01.invalid:2376'],
      [/authority/, 'there.pem'],
      [/Certificate of cmanage/, '-'],
      [/Certificate of cmanage/, ''],
      [/Its key/, ''],
      // A name that cannot be looked up leads to no guess, and nothing is no address.
      [/IPv4 address .* containers: $/, ''],
      [/IPv4 address/, '-'],
      [/IPv4 address/, '192.0.2.1'],
      [/Try again/, 'k'],
      [/^Name of another one/, 'docker02'],
      [/Its engine.* \[tcp:\/\/docker02\.invalid:2376\]/, `unix://${socket}`],
      [/IPv4 address/, ''],
      [/^Name of another one/, 'docker03'],
      [/Its engine.*HOST: $/, 'tcp://127.0.0.1:1'],
      [/authority \[there\.pem\]/, '-'],
      [/IPv4 address/, ''],
      [/Try again/, 'c'],
      [/Its engine/, `unix://${socket}`],
      [/IPv4 address/, ''],
      [/Try again/, 'c'],
      [/Its engine/, `unix://${other}`],
      [/IPv4 address/, ''],
      [/^Name of another one/, ''],
      noBalancer,
      [/^A registry of your own/, 'http://registry'],
      [/^A registry of your own/, '127.0.0.1:3'],
      [/Does it speak TLS.*\[y\]/, 'n'],
      [/Try again/, 'c'],
      [/Its address, .*\[127\.0\.0\.1:3\]/, registry.address],
      [/Does it speak TLS.*\[n\]/, ''],
      noRegistry,
      ...end,
      [/^Write/, 'y'],
      [/^Create the state database/, 'n'],
    ]);
    expect(await askAndWrite(asker, etc, asker.say)).toBeNull();
    const { connection } = readConfig(etc);
    expect(connection.engines.map(({ transport }) => transport)).toMatchObject([
      { kind: 'tls', ca: join(etc, 'there.pem') },
      { kind: 'unix', socket },
      { kind: 'unix', socket: other },
    ]);
    expect(connection.registries.map(({ address }) => address)).toEqual([registry.address]);
    const said = asker.said.join('\n');
    expect(said).toContain(`\n    ${join(etc, 'there.pem')} is not there yet\n`);
    expect(said).toContain('"-" cannot be it: an authority was given');
    expect(said).toContain('"" cannot be it: give an IPv4 address such as 192.0.2.11');
    expect(said).toContain('"-" cannot be it: give an IPv4 address such as 192.0.2.11');
    expect(said).toContain(
      'PROBLEM: docker03 is the same engine as docker02\n    -> give that of another machine',
    );
    expect(said).toContain('"http://registry" cannot be it: give HOST or HOST:PORT');
    expect(said).toContain('-> nothing listens there: give its port');
  });

  it('go on until there is a host, and write nothing against the will of who is asked', async () => {
    const socket = await socketOfEngine();
    const etc = join(mkdtempSync(join(directory, 'w-')), 'etc');
    const asker = answering([
      ...begin,
      [/^Name of the first Docker host/, ''],
      [/Its engine/, 'unix:///nowhere.sock'],
      [/IPv4 address/, ''],
      [/Try again, change it/, 'l'],
      [/^Name of the first Docker host/, ''],
      [/Its engine/, `unix://${socket}`],
      [/IPv4 address/, ''],
      [/^Name of another one/, ''],
      noBalancer,
      noRegistry,
      [/^Stages/, 'prod prod'],
      [/^Stages/, 'Prod'],
      [/^Stages/, 'a b c d'],
      [/^Fewest containers of a stack \[4\]/, '3'],
      [/^Fewest containers of a stack \[4\]/, ''],
      [/^Write .* \[y\]/, 'no'],
    ]);
    expect(await askAndWrite(asker, etc, asker.say)).toBeNull();
    expect(existsSync(etc)).toBe(false);
    expect(asker.said.join('\n')).toContain('Nothing was written.');
  });

  it('ask where the files are to be, and take no place that has some or cannot be one', async () => {
    const socket = await socketOfEngine();
    const place = mkdtempSync(join(directory, 'w-'));
    const [file, other] = [join(place, 'file'), join(place, 'other')];
    writeFileSync(file, '');
    mkdirSync(other);
    writeFileSync(join(other, 'rules.yml'), '{}\n');
    const asker = answering([
      [/^Directory for these files \[\S*etc\S*\]/, other],
      [/^Directory for these files/, join(file, 'etc')],
      [/^Directory for these files/, '~/etc'],
      [/^Directory for these files/, join(place, 'new/etc')],
      [/^Name of this environment/, ''],
      [/^State database/, '$HOME/state.db'],
      [/^State database/, 'state.db'],
      [/^Name of the first Docker host/, ''],
      [/Its engine/, `unix://${socket}`],
      [/IPv4 address/, ''],
      [/^Name of another one/, ''],
      noBalancer,
      noRegistry,
      [/^Stages/, ''],
      [/^Fewest containers/, ''],
      [/^Write .* \[y\]/, ''],
      [/^Create the state database/, 'n'],
    ]);
    expect(await askAndWrite(asker, null, asker.say)).toBeNull();
    expect(readConfig(join(place, 'new/etc')).settings.environmentName).toBe('production');
    const said = asker.said.join('\n');
    expect(said).toContain(`"${other}" cannot be it: it has a configuration`);
    expect(said).toContain(`cannot be it: ${file} is no directory`);
    expect(said.match(/cannot be it: write it out/g)).toHaveLength(2);
    expect(said).toContain(`Other commands find it by: export CMANAGE_ETC=${join(place, 'new/etc')}`);
  });
});
