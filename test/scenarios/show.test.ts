import { expect, it } from '@jest/globals';
import { execa } from 'execa';
import { waitUntil } from '../../lab/run.ts';
import { bin, cmanageIn, startCmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp, imageOf, repository } from '../support/webapp.ts';
import { fingerprint, registryDigest } from '../support/world.ts';

type Container = { name: string; position: number; stage: string; version: string; digest: string };
type Placed = Container & { status: string; host: string; port: number; stack: string; service: string };
type Service = { name: string; stacks: { name: string; host: string; containers: Placed[] }[] };
type Endpoint = { name: string; stage: string; port: number; version: string; containers: string[] };

const kinds = [
  ...['services', 'stacks', 'containers', 'endpoints', 'hosts', 'loadbalancers'],
  ...['externals', 'links', 'releases', 'operations', 'locks'],
];

describeLab('what show tells', (lab) => {
  it('nests service, stacks and containers for programs', async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    const [service] = await succeedJson<Service[]>(lab, 'show', 'services');
    expect(service?.name).toBe('webapp');
    expect(service?.stacks.map(({ name, host }) => [name, host])).toEqual([
      ['webapp-stack1', 'docker01'],
      ['webapp-stack2', 'docker02'],
    ]);
    expect(service?.stacks[1]?.containers[2]).toEqual({
      name: 'webapp-stack2-app3',
      position: 2,
      stage: 'dev',
      version: 'v0.3',
      digest: await registryDigest(lab, repository, 'v0.3'),
      status: 'deployed',
      service: 'webapp',
      stack: 'webapp-stack2',
      host: 'docker02',
      port: 20002,
      links: {},
    });
  });

  it('lists endpoints with the version that answers and the containers behind them', async () => {
    const endpoints = await succeedJson<Endpoint[]>(lab, 'show', 'endpoints');
    const prod = endpoints.find(({ name }) => name === 'webapp-endpoint-prod');
    expect(prod).toMatchObject({ stage: 'prod', port: 8080, version: 'v0.1' });
    expect(prod?.containers).toEqual(['webapp-stack1-app1', 'webapp-stack2-app1']);
  });

  it('prints lines and tabs for a pipe, without colours or borders', async () => {
    const { stdout } = await succeed(lab, 'show', 'services');
    expect(stdout.split('\n').map((line) => line.split('\t'))).toEqual([
      ['Service', 'Image', 'Stacks', 'Height', 'prod', 'qa', 'dev', 'Endpoints'],
      ['webapp', imageOf(lab), '2', '3', 'v0.1', 'v0.2', 'v0.3', 'prod:8080 qa:8081 dev:8082'],
    ]);
    const endpoints = (await succeed(lab, 'show', 'endpoints')).stdout.split('\n');
    expect(endpoints).toContain(`webapp-endpoint-qa\twebapp\tqa\thttp://${lab.gateway}:8081/\t1\tv0.2`);
  });

  it.each([...kinds, 'state'])('show %s -o json parses, and -o yaml says the same names', async (what) => {
    const text = JSON.stringify(await succeedJson<unknown>(lab, 'show', what));
    const { stdout } = await succeed(lab, 'show', what, '-o', 'yaml');
    for (const [, name = ''] of text.matchAll(/"name":"([^"]+)"/g)) expect(stdout).toContain(`name: ${name}`);
  });

  it('takes the singular and a pattern, as the thesis spells it', async () => {
    expect(await succeedJson<Service[]>(lab, 'show', 'service', 'web%')).toHaveLength(1);
    expect(await succeedJson<Service[]>(lab, 'show', 'services', 'other%')).toEqual([]);
    expect(await succeedJson<Placed[]>(lab, 'show', 'containers', '%stack1%')).toHaveLength(3);
  });

  it('with --live it asks the hosts', async () => {
    const containers = await succeedJson<Placed[]>(lab, 'show', 'containers', '--live');
    expect(new Set(containers.map(({ status }) => status))).toEqual(new Set(['running']));
  });

  it('upstream lists the registry’s tags, where they run and which are newer', async () => {
    type Upstream = { tags: { tag: string; runs: string[]; newer: boolean | null }[] };
    const { tags } = await succeedJson<Upstream>(lab, 'upstream', 'webapp');
    expect(tags).toContainEqual({ tag: 'v0.1', runs: ['prod'], newer: false });
    expect(tags).toContainEqual({ tag: 'v0.4', runs: [], newer: true });
    expect(tags).toContainEqual({ tag: 'latest', runs: [], newer: null });
  });

  it('show services --upstream remembers what the registry said, for those who ask nobody and for completion', async () => {
    const say = async (...args: string[]): Promise<string> => {
      const answer = await cmanageIn({ etc: lab.etc, env: { XDG_CACHE_HOME: lab.dir } }, ...args);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.stdout;
    };
    const complete = ['__complete', 'bash', '--', 'release', 'webapp', '-v', ''];
    const asked = await say('show', 'services', '--upstream', '-o', 'json');
    expect(JSON.parse(asked)).toMatchObject([{ newer: expect.arrayContaining(['v0.4']) as unknown }]);
    expect((await say(...complete)).split('\n')).toContain('v0.4');
    expect(await say('show', 'services', '-o', 'json')).toBe(asked);
    expect(await say('show', 'services', '--columns', 'name,newer')).toMatch(
      /^Service\tNewer \(\d{4}-\d\d-\d\d\)\nwebapp\tv\S+ \+\d+$/,
    );
  });

  it('--live tells how hosts and load balancers are', async () => {
    const statuses = async (kind: string) =>
      (await succeedJson<{ status: string }[]>(lab, 'show', kind, '--live')).map(({ status }) => status);
    expect(new Set(await statuses('hosts'))).toEqual(new Set(['ok']));
    expect(await statuses('loadbalancers')).toEqual(['ok']);
    expect((await succeed(lab, 'show', 'services', '--live')).stdout).toContain('\t6 running');
  });

  it('what was released is told with who did it and since when it is there', async () => {
    const releases = await succeedJson<object[]>(lab, 'show', 'release', 'webapp', '--stage', 'qa');
    const digest = await registryDigest(lab, repository, 'v0.2');
    const places = [{ position: 1, stage: 'qa', since: expect.stringMatching(/Z$/) as unknown }];
    expect(releases).toMatchObject([{ version: 'v0.2', digest, places, operation: 1 }]);
  });

  it.each([80, 160])('on a terminal of %p columns no line is wider', async (columns) => {
    for (const args of ['services', 'service webapp', 'containers', 'hosts', 'releases']) {
      const shown = `stty cols ${columns} rows 24; '${bin.cmanage}' show ${args} --no-pager`;
      const { stdout } = await execa('script', ['-qec', shown, '/dev/null'], {
        env: { CMANAGE_ETC: lab.etc, TERM: 'dumb' },
      });
      const lines = stdout.split('\n').map((line) => line.trimEnd());
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(stdout).toMatch(/webapp/);
    }
  });

  it('--watch prints it again when it has changed, and ends by Ctrl-C', async () => {
    const watching = startCmanage(lab, 'show', 'services', '--columns', 'name,height', '--watch', '1');
    let seen = '';
    watching.stdout.on('data', (data: Buffer) => {
      seen += data.toString();
    });
    expect(await waitUntil(() => Promise.resolve(seen.includes('webapp\t3\n')), 60_000)).toBe(true);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    expect(await waitUntil(() => Promise.resolve(seen.includes('webapp\t4\n')), 60_000)).toBe(true);
    watching.kill('SIGINT');
    expect(await watching).toMatchObject({ exitCode: 0 });
    expect(seen).toBe('Service\tHeight\nwebapp\t3\nService\tHeight\nwebapp\t4\n');
  });

  it('looking touches nothing', async () => {
    const before = await fingerprint(lab);
    await succeed(lab, 'show', 'state', '--live');
    for (const kind of kinds) await succeed(lab, 'show', kind);
    await succeed(lab, 'upstream', 'webapp');
    expect(await fingerprint(lab)).toEqual(before);
  });
});
