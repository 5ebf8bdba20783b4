import { beforeAll, expect, it } from '@jest/globals';
import { engineRequest, type EngineAnswer } from '../../lab/engineApi.ts';
import { chance } from '../prove/orders.ts';
import { nextTime, resetClock, step } from '../simulation/clock.ts';
import { SimulatedEngine, type Answer, type Body, type Request } from '../simulation/engine.ts';
import { describeLab } from '../support/describeLab.ts';

/** The same calls, drawn by seeds, to a real engine and to the simulated one: they must be answered alike. */

const names = ['simulated-one', 'simulated-two', 'simulated-three'];
const ports = [18_901, 18_902];
const kinds = ['a', 'b'];

describeLab(
  'the simulated engine',
  (lab) => {
    let image = '';
    let socket = '';

    beforeAll(async () => {
      socket = lab.hosts[0]?.socket ?? '';
      const repository = `${lab.registry.address}/larhauga/webapp`;
      image = `${repository}:v0.1`;
      await engineRequest(
        'POST',
        socket,
        `/images/create?fromImage=${encodeURIComponent(repository)}&tag=v0.1`,
      );
    });

    const bodyOf = (random: () => number): Body => ({
      Image: random() < 0.9 ? image : `${image}-missing`,
      Labels: { kind: kinds[Math.floor(random() * kinds.length)] ?? '' },
      HostConfig: {
        RestartPolicy: { Name: random() < 0.5 ? 'always' : 'no' },
        PortBindings: { '80/tcp': [{ HostPort: String(ports[Math.floor(random() * ports.length)]) }] },
      },
    });

    const drawCall = (random: () => number): Request => {
      const ref = names[Math.floor(random() * names.length)] ?? '';
      switch (Math.floor(random() * 10)) {
        case 0:
        case 1:
        case 2:
          return { verb: 'create', name: ref, body: bodyOf(random) };
        case 3:
        case 4:
          return { verb: 'start', ref };
        case 5:
          return { verb: 'stop', ref, grace: 1 };
        case 6:
          return { verb: 'remove', ref, force: random() < 0.5 };
        case 7:
          return { verb: 'update', ref, policy: random() < 0.5 ? 'always' : 'no' };
        case 8:
          return { verb: 'list', all: random() < 0.5, labels: [random() < 0.5 ? 'kind' : 'kind=a'] };
        default:
          return { verb: 'inspect', ref };
      }
    };

    it.each([1, 2, 3, 4])('answers like the real one, in the calls of seed %i', async (seed) => {
      for (const name of names) await engineRequest('DELETE', socket, `/containers/${name}?force=true`);
      resetClock();
      const random = chance(seed);
      const simulated = engineWith(random, image);
      const differences: unknown[] = [];
      for (let count = 0; count < 40; count++) {
        // Drawn apart from what chance decides inside of the simulated engine.
        const call = drawCall(chance(seed * 1000 + count));
        const [should, is] = [
          meaningOf(call, await askReal(socket, call)),
          meaningOf(call, await askSimulated(simulated, call)),
        ];
        if (JSON.stringify(is) !== JSON.stringify(should)) differences.push({ call, is, should });
      }
      expect(differences).toEqual([]);
    });

    it('lets one of two creations at once win, like the real one, and adopts what is there by its name', async () => {
      for (const name of names) await engineRequest('DELETE', socket, `/containers/${name}?force=true`);
      resetClock();
      const simulated = engineWith(chance(5), image);
      const call: Request = { verb: 'create', name: names[0] ?? '', body: bodyOf(() => 0.5) };
      const real = await Promise.all([1, 2, 3].map(() => askReal(socket, call)));
      const other: Answer[] = [];
      for (let times = 0; times < 3; times++) simulated.handle(call, (answer) => other.push(answer));
      while (nextTime() !== null) step();
      const statuses = (answers: readonly { readonly status: number }[]): number[] =>
        answers.map(({ status }) => status).sort();
      expect(statuses(other)).toEqual([201, 409, 409]);
      expect(statuses(real)).toEqual([201, 409, 409]);
    });
  },
  { hosts: 1 },
);

function engineWith(random: () => number, image: string): SimulatedEngine {
  const engine = new SimulatedEngine('docker01', '192.0.2.1', {
    ...{
      random,
      onEnd: () => undefined,
      onChange: () => undefined,
      hasImage: () => true,
      isSick: () => false,
    },
  });
  engine.images.add(image);
  return engine;
}

function askSimulated(engine: SimulatedEngine, call: Request): Promise<Answer> {
  return new Promise((resolve) => {
    engine.handle(call, resolve);
    while (nextTime() !== null) step();
  });
}

function askReal(socket: string, call: Request): Promise<EngineAnswer> {
  const ask = (method: string, path: string, body?: unknown): Promise<EngineAnswer> =>
    engineRequest(method, socket, path, body, 30_000);
  switch (call.verb) {
    case 'create':
      return ask('POST', `/containers/create?name=${call.name}`, call.body);
    case 'inspect':
      return ask('GET', `/containers/${call.ref}/json`);
    case 'start':
      return ask('POST', `/containers/${call.ref}/start`);
    case 'stop':
      return ask('POST', `/containers/${call.ref}/stop?t=${call.grace}`);
    case 'update':
      return ask('POST', `/containers/${call.ref}/update`, { RestartPolicy: { Name: call.policy } });
    case 'remove':
      return ask('DELETE', `/containers/${call.ref}?v=true&force=${call.force}`);
    case 'list': {
      const filters = encodeURIComponent(JSON.stringify({ label: call.labels }));
      return ask('GET', `/containers/json?all=${call.all}&filters=${filters}`);
    }
    default:
      throw new Error(`these calls have no ${call.verb}`);
  }
}

type Seen = {
  readonly State: { readonly Status: string; readonly Running: boolean };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string } };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

/** What cmanage reads of an answer: its status, and of what was asked the parts that it looks at. */
function meaningOf(
  call: Request,
  { status, body }: { readonly status: number; readonly body: unknown },
): unknown {
  if (status === 200 && call.verb === 'inspect') {
    const { State, HostConfig, NetworkSettings, Config } = body as Seen;
    const published = Object.values(NetworkSettings.Ports).map((list) => list?.[0]?.HostPort ?? null);
    const isRunning = State.Running;
    return [
      status,
      State.Status,
      isRunning,
      HostConfig.RestartPolicy.Name,
      isRunning ? published : [],
      Config.Labels.kind,
    ];
  }
  if (status === 200 && call.verb === 'list') {
    const list = body as { readonly Names: readonly string[]; readonly State: string }[];
    const ours = list.filter(({ Names: [name = ''] }) => name.startsWith('/simulated'));
    return [status, ours.map(({ Names, State }) => [Names[0], State]).sort()];
  }
  if (status === 500)
    return [status, /address already in use|port is already allocated/.test(JSON.stringify(body))];
  return [status];
}
