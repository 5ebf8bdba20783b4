import { expect, it } from '@jest/globals';
import { cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { latestOperation, latestSteps, type StepOnDisk } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { answersAt } from '../support/http.ts';
import { addEndpoints, addWebapp, imageOf, repository } from '../support/webapp.ts';
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

/** What the preview and the journal have in common. */
type Preview = { allowed: boolean; plan: { steps: (StepOnDisk & { because: string })[] } };
const outline = ({ seq, kind, host, object }: StepOnDisk) => ({ seq, kind, host, object });

/** The story of the issue, from the first service to the promotion of what was qa to production. */
describeLab('the story of a service', (lab) => {
  let planned: Preview['plan']['steps'] = [];

  it('addservice runs two stacks of three containers, in order, one stack on each host', async () => {
    await addWebapp(lab);
    expect(await whatRuns(lab)).toEqual([
      'docker01 webapp-stack1-app1 running v0.1',
      'docker01 webapp-stack1-app2 running v0.2',
      'docker01 webapp-stack1-app3 running v0.3',
      'docker02 webapp-stack2-app1 running v0.1',
      'docker02 webapp-stack2-app2 running v0.2',
      'docker02 webapp-stack2-app3 running v0.3',
    ]);
  });

  it.each([
    [0, 'v0.1', 20000],
    [1, 'v0.2', 20001],
    [2, 'v0.3', 20002],
  ])('position %i runs the bits the registry has for %s, on port %i of both hosts', async (...expected) => {
    const [position, version, port] = expected;
    const digest = await registryDigest(lab, repository, version);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const host of lab.hosts) {
      const found = (await containersOn(host))[position];
      expect(found?.Image).toBe(`${imageOf(lab)}@${digest}`);
      expect(found?.Ports.map(({ PublicPort }) => PublicPort)).toContain(port);
      expect(found?.Labels).toMatchObject({
        'cmanage.service': 'webapp',
        'cmanage.version': version,
        'cmanage.digest': digest,
        'cmanage.position': String(position),
      });
    }
  });

  it('every container comes back after a restart of its engine, and may do little', async () => {
    for (const host of lab.hosts) {
      for (const container of await containersOn(host)) {
        const { HostConfig: config } = await inspect(host, nameOf(container));
        expect(config.RestartPolicy.Name).toBe('always');
        expect(config.CapDrop).toEqual(
          expect.arrayContaining(['NET_RAW', 'MKNOD', 'AUDIT_WRITE', 'SYS_CHROOT']),
        );
        expect(config.SecurityOpt).toContain('no-new-privileges');
        expect(config.PidsLimit).toBe(512);
        expect(config.Privileged).toBe(false);
      }
    }
  });

  it('three endpoints answer with a version each, from both hosts in turn', async () => {
    await addEndpoints(lab);
    const at = (position: number) => [`webapp-stack1-app${position + 1}`, `webapp-stack2-app${position + 1}`];
    expect(await answersAt(lab, 8080)).toEqual({ versions: ['v0.1'], containers: at(0) });
    expect(await answersAt(lab, 8081)).toEqual({ versions: ['v0.2'], containers: at(1) });
    expect(await answersAt(lab, 8082)).toEqual({ versions: ['v0.3'], containers: at(2) });
  });

  it('release --dry-run shows the plan and touches nothing', async () => {
    const before = await fingerprint(lab);
    const { stdout } = await succeed(lab, 'release', 'webapp', '-v', 'v0.4', '--dry-run');
    expect(stdout).toMatch(/^ *\d+ +create_container +docker02 +webapp-stack2-app4 \(v0\.4, port 20003\)/m);
    const args = ['release', 'webapp', '-v', 'v0.4', '--dry-run'];
    ({ steps: planned } = (await succeedJson<Preview>(lab, ...args)).plan);
    expect(planned.map(({ kind }) => kind)).toContain('create_container');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('release puts v0.4 on top of both stacks, by the very steps of the dry run, and moves no traffic', async () => {
    const servers = await serversOf(lab);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    const running = await whatRuns(lab);
    expect(running).toHaveLength(8);
    expect(running).toContain('docker01 webapp-stack1-app4 running v0.4');
    expect(running).toContain('docker02 webapp-stack2-app4 running v0.4');
    expect(await serversOf(lab)).toEqual(servers);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
    expect((await answersAt(lab, 8082)).versions).toEqual(['v0.3']);
    const steps = await latestSteps(databaseOf(lab));
    expect(steps.map(outline)).toEqual(planned.map(outline));
    expect(new Set(steps.map(({ status }) => status))).toEqual(new Set(['done']));
    expect(await latestOperation(databaseOf(lab))).toMatchObject({
      command: 'release webapp -v v0.4',
      status: 'done',
    });
  });

  it('an older version is refused: every violation is named, and nothing is touched', async () => {
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await cmanage(lab, 'release', 'webapp', '-v', 'v0.2');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/stack-versions: webapp-stack1-app5: v0\.2 .*webapp-stack1/);
    expect(stderr).toMatch(/stack-versions: webapp-stack2-app5: v0\.2 .*webapp-stack2/);
    expect(stderr).toContain('release v0.4 or later');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('pop promotes the same containers, which are not restarted', async () => {
    const identities = async () => {
      const names = lab.hosts.flatMap((host) =>
        [2, 3, 4].map((app) => ({ host, name: `webapp-stack${lab.hosts.indexOf(host) + 1}-app${app}` })),
      );
      return Promise.all(
        names.map(async ({ host, name }) => {
          const { Id, State, RestartCount } = await inspect(host, name);
          return { name, Id, StartedAt: State.StartedAt, RestartCount };
        }),
      );
    };
    const before = await identities();
    await succeed(lab, 'pop', 'webapp');
    expect(await identities()).toEqual(before);
    expect(await whatRuns(lab)).toHaveLength(6);
    expect(await containersOn(hostOf(lab, 1)).then((list) => list.map(nameOf))).not.toContain(
      'webapp-stack1-app1',
    );
    const at = (app: number) => [`webapp-stack1-app${app}`, `webapp-stack2-app${app}`];
    expect(await answersAt(lab, 8080)).toEqual({ versions: ['v0.2'], containers: at(2) });
    expect(await answersAt(lab, 8081)).toEqual({ versions: ['v0.3'], containers: at(3) });
    expect(await answersAt(lab, 8082)).toEqual({ versions: ['v0.4'], containers: at(4) });
  });

  it('a second pop is refused, for dev would be empty', async () => {
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await cmanage(lab, 'pop', 'webapp');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('endpoint-service: webapp-endpoint-dev');
    expect(stderr).toContain('stack-height: webapp-stack1');
    expect(stderr).toContain('stack-height: webapp-stack2');
    expect(await fingerprint(lab)).toEqual(before);
  });
});
