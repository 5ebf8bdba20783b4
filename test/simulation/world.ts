import { containerBody } from '../../src/docker/containerBody.ts';
import { linkMapIn } from '../../src/haproxy/render.ts';
import { specOf } from '../../src/plan/spec.ts';
import { backendsOf } from '../prove/naiveRoutes.ts';
import { mayBeDark } from '../prove/oneAtATime.ts';
import { standingIn } from '../prove/street.ts';
import { liveOf } from '../support/plans.ts';
import type { Case } from './cases.ts';
import { virtualTime } from './clock.ts';
import type { Line } from './docker.ts';
import { portOf, SimulatedEngine, type Body, type Container } from './engine.ts';
import { drawMishap, Period, type Happening, type Weather } from './faults.ts';
import { SimulatedHaproxy } from './haproxy.ts';
import { connectMachines, type Machine } from './shell.ts';
import { simulateStore, type SimulatedStore } from './store.ts';

export const environmentId = 'simulated';

/** Engines, load balancers and the state database, and what is wrong with what happened to them. */
export type World = {
  readonly lines: ReadonlyMap<string, Line>;
  readonly haproxies: ReadonlyMap<string, SimulatedHaproxy>;
  readonly store: SimulatedStore;
  readonly complaints: string[];
  /** Somebody else's containers, which must be as they were. */
  readonly foreign: Container[];
  /** How many events there were. */
  events: number;
  /** Called at each event. */
  onEvent: (() => void) | null;
  /** The backends that must have a server at every moment. */
  lasting: readonly string[];
  /** Set when everything is well again. */
  isCalm: boolean;
  /** Set once something happened that costs requests whatever cmanage does. */
  isExcused: boolean;
};

/** The world as a state says it is, with the weather of a schedule. */
export function worldFrom(one: Case, weather: Weather, random: () => number): World {
  const { before, environment } = one;
  const lines = new Map<string, Line>();
  const haproxies = new Map<string, SimulatedHaproxy>();
  const disk = new Period();
  const count = (): void => {
    world.events++;
    for (const happening of weather.happenings) {
      if (happening.at === world.events && !world.isCalm) happen(world, happening, disk);
    }
    world.onEvent?.();
  };
  const complain = (text: string): void => {
    if (!world.isExcused && world.complaints.length < 20) world.complaints.push(text);
  };
  const onChange = (): void => {
    for (const [name, haproxy] of haproxies) {
      for (const backend of world.lasting) {
        if (!answers(lines, haproxy, backend)) complain(`nothing answers for ${backend} at ${name}`);
      }
    }
  };
  const onEnd = (engine: SimulatedEngine, container: Container): void => {
    const port = portOf(container);
    for (const haproxy of port === null ? [] : haproxies.values()) {
      for (const text of haproxy.asking(engine.address, port ?? 0))
        complain(`${container.name} ends, and ${text}`);
    }
  };
  const isUnlucky =
    (share: number, salt: number) =>
    (name: string): boolean =>
      share > 0 && luck(name, salt) < share;
  const salt = Math.floor(random() * 1e9);
  const isMissing = isUnlucky(weather.missing, salt + 1);
  const known = new Set([...before.containers, ...before.retained].map(({ name }) => name));
  const isIll = isUnlucky(weather.sick, salt);
  const around = {
    ...{ random, onChange, onEnd, isSick: (name: string) => !known.has(name) && isIll(name) },
    hasImage: (image: string) => !isMissing(image),
  };
  const world: World = {
    ...{
      lines,
      haproxies,
      complaints: [],
      foreign: [],
      events: 0,
      onEvent: null,
      lasting: lastingBackends(one),
      isCalm: false,
      isExcused: false,
    },
    store: simulateStore(before, environmentId, { random, isFull: () => disk.isNow }),
  };
  for (const { name, address } of environment.hosts) {
    const mishap = () => (world.isCalm ? null : drawMishap(random, weather.engineMishaps));
    const engine = new SimulatedEngine(name, address, around);
    lines.set(name, { engine, frozen: new Period(), away: new Period(), random, mishap, onEvent: count });
  }
  furnish(one, lines);
  const configs = liveOf(before, environment);
  const machines = new Map<string, Machine>();
  for (const { name, linkMap } of environment.loadBalancers) {
    const haproxy = new SimulatedHaproxy(name, linkMap, { random, onChange });
    haproxy.config = configs.get(name) ?? null;
    haproxy.map = linkMapIn(haproxy.config ?? '');
    haproxy.start();
    haproxies.set(name, haproxy);
    const mishap = () => (world.isCalm ? null : drawMishap(random, weather.balancerMishaps));
    machines.set(name, { haproxy, random, mishap, isFull: () => disk.isNow, onEvent: count });
  }
  connectMachines(machines);
  world.foreign.push(...intrude(one, lines, weather));
  return world;
}

/** The containers that a state says there are. */
function furnish({ before }: Case, lines: World['lines']): void {
  const rows = new Map([...before.containers, ...before.retained].map((row) => [row.name, row]));
  for (const { name, host, phase } of standingIn(before)) {
    const row = rows.get(name);
    const engine = lines.get(host)?.engine;
    if (!row || !engine) throw new Error(`${name} stands nowhere`);
    const spec = specOf(before, row);
    const body = containerBody(spec, { environment: environmentId, operation: 0, step: 0 });
    engine.images.add(spec.image);
    const container = engine.place(name, body as Body, phase === 'stopped' ? 'exited' : 'running');
    if (phase === 'stopped') container.policy = 'no';
  }
}

/** Somebody else's containers in the way. */
function intrude({ plan }: Case, lines: World['lines'], { foreignName, foreignPort }: Weather): Container[] {
  const creation = plan.steps.find((step) => step.kind === 'create_container');
  const engine = creation && lines.get(creation.host)?.engine;
  if (!engine) return [];
  const { name, hostPort } = creation.spec;
  const publishing = { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: String(hostPort) }] } } };
  return [
    engine.place('somebody-else', {}),
    ...(foreignName ? [engine.place(name, {})] : []),
    ...(foreignPort ? [engine.place('on-the-port', publishing)] : []),
  ];
}

function happen(world: World, happening: Happening, disk: Period): void {
  switch (happening.what) {
    case 'freeze':
    case 'restart engine': {
      const all = [...world.lines.values()];
      const line = all[happening.host % all.length];
      if (happening.what === 'freeze') {
        line?.frozen.begin(happening.seconds);
        return;
      }
      world.isExcused = true;
      line?.away.begin(happening.seconds);
      line?.engine.restart();
      return;
    }
    case 'restart haproxy':
      world.isExcused = true;
      for (const haproxy of world.haproxies.values()) haproxy.restart();
      return;
    case 'refuse reload':
      for (const haproxy of world.haproxies.values()) haproxy.refusing++;
      return;
    case 'disk full':
      disk.begin(happening.seconds);
  }
}

/** The backends that must have a server at every moment: those that have some before and after. */
export function lastingBackends({ before, next, house }: Case): string[] {
  const then = backendsOf(next, house);
  return [...backendsOf(before, house).keys()].filter(
    (backend) => then.has(backend) && !mayBeDark({ before, next }, then.get(backend) ?? []),
  );
}

function answers(lines: World['lines'], { worker }: SimulatedHaproxy, backend: string): boolean {
  for (const { admin, address, port } of worker?.backends.get(backend)?.values() ?? []) {
    if (admin === 'ready' && runsAt(lines, address, port)) return true;
  }
  return false;
}

function runsAt(lines: World['lines'], address: string, port: number): boolean {
  for (const { engine } of lines.values()) {
    if (engine.address !== address) continue;
    for (const container of engine.containers.values()) {
      if (container.phase === 'running' && container.healthyAt <= virtualTime() && portOf(container) === port)
        return true;
    }
  }
  return false;
}

/** A number from 0 to 1 that a name always has. */
function luck(name: string, salt: number): number {
  let hash = salt;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x5bd1e995) ^ (hash >>> 15);
  return (hash >>> 0) / 4294967296;
}
