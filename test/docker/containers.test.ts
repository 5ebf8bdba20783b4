import { describe, expect, it } from '@jest/globals';
import {
  createContainer,
  inspect,
  removeContainer,
  startContainer,
  stopContainer,
} from '../../src/docker/containers.ts';
import { waitHealthy } from '../../src/docker/health.ts';
import { engineId } from '../../src/docker/hosts.ts';
import { isRuledOut, wasRefused } from '../../src/docker/engine.ts';
import { HostError } from '../../src/model/errors.ts';
import { defaultHealth } from '../../src/model/settings.ts';
import { fakeEngines, type FakeEngine } from '../support/fakeEngine.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeSpec, origin } from '../support/specs.ts';

const make = fakeEngines();
const directory = temporaryDirectory();
const { signal } = new AbortController();
const spec = makeSpec();
const { name } = spec;
const { environment } = origin;

async function withContainer(status: 'created' | 'running' = 'created'): Promise<FakeEngine> {
  const fake = await make('docker01');
  await createContainer(fake.engine, spec, origin, signal);
  if (status === 'running') await startContainer(fake.engine, spec, signal);
  fake.calls.length = 0;
  return fake;
}

describe('createContainer', () => {
  it('creates once, with the values of variables in the body alone', async () => {
    const fake = await make('docker01');
    const urls: string[] = [];
    fake.interfere = (call) => {
      urls.push(call);
      return undefined;
    };
    const secret = makeSpec({ env: { PASSWORD: 'hush' } });
    expect(await createContainer(fake.engine, secret, origin, signal)).toBe('created');
    expect(fake.calls).toEqual([`create ${name}`]);
    expect(JSON.stringify(urls)).not.toContain('hush');
    expect(fake.containers.get(name)?.body).toMatchObject({ Env: ['PASSWORD=hush'], Image: spec.image });
  });

  it('adopts the container of an earlier attempt', async () => {
    const fake = await withContainer();
    expect(await createContainer(fake.engine, spec, origin, signal)).toBe('adopted');
    expect(fake.containers.size).toBe(1);
  });

  it('puts secret files in, also into one that it adopts before its start', async () => {
    const fake = await make('docker01');
    const secret = makeSpec({ secretFiles: [{ name: 'key', path: fileIn(directory, 'key', 'hush') }] });
    await createContainer(fake.engine, secret, origin, signal);
    await createContainer(fake.engine, secret, origin, signal);
    expect(fake.calls.filter((call) => call.startsWith('archive'))).toHaveLength(2);
  });

  it.each([
    ['not made by this environment', { ...origin, environment: 'another' }, spec],
    ['left by operation 7 with other settings', origin, makeSpec({ memory: 2 ** 30 })],
  ])('never touches a container %s', async (expected, whose, other) => {
    const fake = await make('docker01');
    await createContainer(fake.engine, other, whose, signal);
    fake.calls.length = 0;
    const creating = createContainer(fake.engine, spec, origin, signal);
    await expect(creating).rejects.toThrow(HostError);
    await expect(creating).rejects.toThrow(expected);
    await removeContainer(fake.engine, spec, environment);
    expect(await stopContainer(fake.engine, spec, 0, environment)).toBe(false);
    expect(fake.calls).toEqual([`create ${name}`]);
    expect(fake.containers.has(name)).toBe(true);
  });

  it('asks again while another creation of the name is in flight', async () => {
    const fake = await make('docker01');
    let refusals = 2;
    fake.interfere = (call) => (call.startsWith('create') && refusals-- > 0 ? { status: 409 } : undefined);
    expect(await createContainer(fake.engine, spec, origin, signal)).toBe('created');
    expect(fake.calls).toHaveLength(3);
  });

  it('leaves open what became of a creation in flight where the engine refuses a look at it', async () => {
    const fake = await make('docker01');
    fake.interfere = (call) => ({ status: call.startsWith('create') ? 409 : 500 });
    const error: unknown = await createContainer(fake.engine, spec, origin, signal).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HostError);
    expect(wasRefused(error)).toBe(false);
    fake.interfere = () => ({ status: 500 });
    const refused: unknown = await createContainer(fake.engine, spec, origin, signal).catch(
      (e: unknown) => e,
    );
    expect(wasRefused(refused)).toBe(true);
    // A failure of the engine's own says nothing of a creation that somebody asked for before.
    expect(isRuledOut(refused)).toBe(false);
    fake.interfere = () => ({ status: 404, message: 'No such image' });
    const impossible: unknown = await createContainer(fake.engine, spec, origin, signal).catch(
      (e: unknown) => e,
    );
    expect([wasRefused(impossible), isRuledOut(impossible)]).toEqual([true, true]);
  });

  it('leaves it open, too, where a later attempt is refused', async () => {
    const fake = await make('docker01');
    const statuses = [409, 404, 500];
    fake.interfere = () => ({ status: statuses.shift() ?? 500 });
    const error: unknown = await createContainer(fake.engine, spec, origin, signal).catch((e: unknown) => e);
    expect(statuses).toEqual([]);
    expect(wasRefused(error)).toBe(false);
  });

  it.each([
    ['a refusal', { status: 500, message: 'no space left on device' } as const, 'no space left on device'],
    ['a missing image', { status: 404, message: 'No such image: x' } as const, 'No such image: x'],
    ['a cut answer', 'cut' as const, 'docker01: creating webapp-stack1-app1'],
  ])('tells of %s', async (_case, interference, expected) => {
    const fake = await make('docker01');
    fake.interfere = () => interference;
    const creating = createContainer(fake.engine, spec, origin, signal);
    await expect(creating).rejects.toThrow(HostError);
    await expect(creating).rejects.toThrow(expected);
  });

  it('ends when the operator interrupts, though the engine never answers', async () => {
    const fake = await make('docker01');
    fake.interfere = () => 'silence';
    const controller = new AbortController();
    const creating = createContainer(fake.engine, spec, origin, controller.signal);
    setTimeout(() => {
      controller.abort(new Error('interrupted by the operator'));
    }, 20);
    await expect(creating).rejects.toThrow('interrupted by the operator');
  });

  it('says that an engine is not there', async () => {
    const fake = await make('docker01');
    const { docker } = (await make('docker02')).engine;
    const nobody = { ...fake.engine, docker };
    Reflect.set(docker.modem as object, 'socketPath', `${directory}/nobody.sock`);
    await expect(engineId(nobody, null)).rejects.toThrow(
      /docker01: asking the engine: the engine does not answer/,
    );
  });
});

describe('startContainer', () => {
  it('takes 304 for started', async () => {
    const fake = await withContainer('running');
    await startContainer(fake.engine, spec, signal);
    expect(fake.containers.get(name)?.status).toBe('running');
  });

  it('names a port that somebody else has', async () => {
    const fake = await withContainer();
    const message = 'driver failed: Bind for 0.0.0.0:20000 failed: port is already allocated';
    fake.interfere = () => ({ status: 500, message });
    await expect(startContainer(fake.engine, spec, signal)).rejects.toThrow(
      'port 20000 of the host is taken',
    );
  });
});

describe('stopContainer', () => {
  it('takes the restart policy away first', async () => {
    const fake = await withContainer('running');
    expect(await stopContainer(fake.engine, spec, 10, environment)).toBe(true);
    expect(fake.calls).toEqual([`update id-${name}`, `stop id-${name}`]);
    expect(fake.containers.get(name)?.policy).toBe('no');
  });

  it('takes the policy away afterwards where the container ends at that very moment', async () => {
    const fake = await withContainer('running');
    const message = 'Cannot update container: cannot update a stopped container: unknown';
    fake.interfere = (call) =>
      call.startsWith('update') && fake.calls.length === 0 ? { status: 500, message } : undefined;
    expect(await stopContainer(fake.engine, spec, 10, environment)).toBe(true);
    expect(fake.calls).toEqual([`update id-${name}`, `stop id-${name}`, `update id-${name}`]);
    expect(fake.containers.get(name)?.policy).toBe('no');
  });

  it.each([304, 404])('takes %d for stopped', async (status) => {
    const fake = await withContainer();
    fake.interfere = (call) => (call.startsWith('stop') ? { status } : undefined);
    expect(await stopContainer(fake.engine, spec, 0, environment)).toBe(true);
  });

  it('has nothing to stop where there is none', async () => {
    expect(await stopContainer((await make('docker01')).engine, spec, 0, environment)).toBe(false);
  });

  it('tells of an engine that cannot stop it', async () => {
    const fake = await withContainer('running');
    fake.interfere = (call) => (call.startsWith('stop') ? { status: 500, message: 'it hangs' } : undefined);
    await expect(stopContainer(fake.engine, spec, 0, environment)).rejects.toThrow(
      'stopping webapp-stack1-app1: it hangs',
    );
  });
});

describe('removeContainer', () => {
  it('removes, and looks that it is gone', async () => {
    const fake = await withContainer();
    await removeContainer(fake.engine, spec, environment);
    expect(fake.calls).toEqual([`remove id-${name}`]);
    expect(await inspect(fake.engine, name, signal)).toBeNull();
  });

  it('is content where there is none', async () => {
    const fake = await make('docker01');
    await removeContainer(fake.engine, spec, environment);
    expect(fake.calls).toEqual([]);
  });

  it('waits out a removal that is in progress', async () => {
    const fake = await withContainer();
    let refusals = 2;
    fake.interfere = (call) => (call.startsWith('remove') && refusals-- > 0 ? { status: 409 } : undefined);
    await removeContainer(fake.engine, spec, environment);
    expect(fake.containers.size).toBe(0);
  });
});

const quick = makeSpec({ health: { ...defaultHealth, deadline: 0, interval: 20 } });

describe('waitHealthy', () => {
  async function running(): Promise<FakeEngine> {
    const fake = await make('docker01');
    await createContainer(fake.engine, quick, origin, signal);
    await startContainer(fake.engine, quick, signal);
    return fake;
  }

  it("believes the image's own HEALTHCHECK", async () => {
    const fake = await running();
    expect(await waitHealthy(fake.engine, quick, signal)).toBe('healthy on 127.0.0.1:20000');
  });

  const answering = (change: object): Partial<FakeEngine> => ({
    distort: (found) => ({ ...found, ...change }),
  });
  const publishing = (Ports: object): Partial<FakeEngine> => answering({ NetworkSettings: { Ports } });
  const exited = { State: { Status: 'exited', ExitCode: 3 } };

  it.each<[string, Partial<FakeEngine>, string]>([
    ['a HEALTHCHECK that is not content', { health: 'unhealthy' }, 'HEALTHCHECK says unhealthy'],
    ['a container that is gone', { containers: new Map() }, 'it is gone'],
    ['a container that exits', answering(exited), 'it exits (code 3, restarted 0 times)'],
    ['a start that lied about the port', publishing({}), 'it does not publish port 20000'],
    [
      'another port than the planned one',
      publishing({ '80/tcp': [{ HostPort: '32768' }] }),
      'it does not publish port 20000, though its start succeeded',
    ],
    ['nobody who listens', { health: null }, 'not healthy after 0 s'],
  ])('does not accept %s', async (_case, spoilt, expected) => {
    const fake = Object.assign(await running(), spoilt);
    const waiting = waitHealthy(fake.engine, quick, signal);
    await expect(waiting).rejects.toThrow(HostError);
    await expect(waiting).rejects.toThrow(expected);
  });

  it('does not accept a container that is restarted again and again while it is waited for', async () => {
    let restarts = 10;
    const counting: FakeEngine['distort'] = (found) => ({ ...found, RestartCount: restarts++ });
    const fake = Object.assign(await running(), { health: null, distort: counting });
    const patient = {
      ...quick,
      settings: { ...quick.settings, health: { ...quick.settings.health, deadline: 5 } },
    };
    await expect(waitHealthy(fake.engine, patient, signal)).rejects.toThrow('restarted 3 times');
  });

  it('accepts one that was restarted long ago', async () => {
    const fake = Object.assign(await running(), answering({ RestartCount: 10 }));
    await expect(waitHealthy(fake.engine, quick, signal)).resolves.toBe('healthy on 127.0.0.1:20000');
  });

  it('brings back the restart policy that an undone stop had taken away', async () => {
    const fake = await running();
    await stopContainer(fake.engine, quick, 0, environment);
    await startContainer(fake.engine, quick, signal);
    await waitHealthy(fake.engine, quick, signal);
    expect(fake.containers.get(name)?.policy).toBe('always');
  });
});
