import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctor } from '../../../src/cli/doctor/doctor.ts';
import { writeConfiguration } from '../../../src/config/template.ts';
import type { Checked } from '../../../src/model/checked.ts';
import { createDatabase } from '../../../src/store/database.ts';
import { fakeEngines } from '../../support/fakeEngine.ts';
import { startFakeRegistry, type FakeRegistry } from '../../support/fakeRegistry.ts';
import { fileIn, temporaryDirectory } from '../../support/files.ts';
import { balancerIn } from '../../support/program.ts';

const directory = temporaryDirectory();
const makeEngine = fakeEngines();
let registry: FakeRegistry;
let status = 200;
let socket = '';

beforeAll(async () => {
  registry = await startFakeRegistry('127.0.0.1', (_request, response) => response.writeHead(status).end());
  const engine = await makeEngine('docker01');
  engine.info = {
    ...{ ServerVersion: '27.0.1', SystemTime: new Date().toISOString(), LiveRestoreEnabled: true },
    DockerRootDir: directory,
  };
  socket = engine.socket;
});
afterAll(() => {
  registry.close();
});

/** A configuration of one engine that answers, one that does not, a load balancer without HAProxy, and the registry. */
function configuration(): string {
  const etc = mkdtempSync(join(directory, 'etc-'));
  fileIn(etc, 'cmanage.yml', 'environment: test\nstate: state/of/it.db\n');
  const hosts = [
    `  docker01: { engine: 'unix://${socket}', address: 192.0.2.1 }`,
    `  docker02: { engine: 'unix://${etc}/nobody.sock', address: 192.0.2.2 }`,
  ];
  const registries = `registries:\n  ${registry.address}: { insecure: true }\n`;
  fileIn(etc, 'hosts.yml', `hosts:\n${hosts.join('\n')}\n${balancerIn(directory)}${registries}`);
  return etc;
}

async function examine(etc: string): Promise<{ code: number; checks: Checked[] }> {
  const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const code = await doctor({ etc, output: 'json' });
    return { code, checks: (JSON.parse(String(print.mock.calls[0]?.[0])) as { checks: Checked[] }).checks };
  } finally {
    print.mockRestore();
  }
}

const of = (checks: readonly Checked[], check: string, object: string): Checked | undefined =>
  checks.find((one) => one.check === check && one.object === object);

describe('doctor without a state database', () => {
  it('looks at hosts, load balancers, registries, disks and modes, and tells the database as one finding', async () => {
    const etc = configuration();
    const { code, checks } = await examine(etc);
    expect(code).toBe(7);
    const path = join(etc, 'state/of/it.db');
    expect(checks.filter(({ object }) => object.includes('it.db'))).toEqual([
      {
        ...{ check: 'state', object: path, status: 'attention', fact: 'there is no state database' },
        remedy: "create it by 'cmanage init', when hosts.yml names what there is",
      },
    ]);
    expect(of(checks, 'version', 'docker01')).toMatchObject({ status: 'ok', fact: 'its engine is 27.0.1' });
    expect(of(checks, 'engine', 'docker01')).toMatchObject({ fact: 'no change has used it yet' });
    expect(of(checks, 'engine', 'docker02')).toMatchObject({
      status: 'attention',
      fact: expect.stringContaining('ENOENT'),
    });
    expect(of(checks, 'haproxy', 'lb01')).toMatchObject({ status: 'attention' });
    expect(of(checks, 'registry', registry.address)).toMatchObject({ status: 'ok', fact: 'it answers' });
    // The directory of the state will be made in this one.
    expect(of(checks, 'disk', etc)?.fact).toMatch(/GiB are free$/);
    expect(of(checks, 'lock', etc)).toMatchObject({ status: 'ok' });
    expect(of(checks, 'mode', join(etc, 'hosts.yml'))).toMatchObject({ status: 'ok' });
    expect(existsSync(join(etc, 'state'))).toBe(false);
  });

  it('is told of it where hosts.yml is wrong, too', async () => {
    const etc = configuration();
    writeFileSync(join(etc, 'hosts.yml'), 'hosts: []\n');
    const { code, checks } = await examine(etc);
    expect(code).toBe(7);
    const needing = checks.filter(({ status: is }) => is === 'attention');
    expect(needing.map(({ check }) => check)).toEqual(['configuration', 'state']);
  });
});

describe('doctor', () => {
  it('asks nobody by the example, and says that it is one', async () => {
    const etc = join(directory, 'example');
    writeConfiguration(etc);
    const { code, checks } = await examine(etc);
    expect(code).toBe(7);
    expect(of(checks, 'configuration', join(etc, 'hosts.yml'))).toMatchObject({
      ...{ status: 'attention', fact: "it is still the example, whose hosts are nobody's" },
    });
    expect(checks.map(({ check }) => check)).not.toContain('engine');
  });

  it('looks at the outside although the state database cannot be read', async () => {
    const etc = configuration();
    await createDatabase(join(etc, 'state/of/it.db'));
    writeFileSync(join(etc, 'state/of/it.db'), 'rubbish');
    const { checks } = await examine(etc);
    expect(of(checks, 'state', join(etc, 'state/of/it.db'))).toMatchObject({
      ...{ status: 'attention', fact: expect.stringContaining('it cannot be read as a state database') },
    });
    expect(of(checks, 'version', 'docker01')).toMatchObject({ status: 'ok' });
  });

  it.each([
    [401, 'it answers, and does not let cmanage in'],
    [403, 'it answers, and does not let cmanage in'],
    [404, 'it answers 404'],
  ])('says what is wrong with a registry that answers %i', async (answer, fact) => {
    status = answer;
    const { checks } = await examine(configuration());
    status = 200;
    expect(of(checks, 'registry', registry.address)).toMatchObject({ status: 'attention', fact });
  });
});
