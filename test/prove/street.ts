import type { State } from '../../src/model/state.ts';
import type { Step } from '../../src/plan/step.ts';
import { takeAt, type BalancerStep } from './balancerSteps.ts';
import type { House } from './house.ts';
import { backendsOf } from './naiveRoutes.ts';
import { isSecond, mayBeDark } from './oneAtATime.ts';
import { isAsked, servedBy, type Served } from './served.ts';
import { mixedChains } from './chainsMixed.ts';
import { mixedStages } from './stagesApart.ts';
import { tiedEndpoints } from './tied.ts';

/**
 * A street of hosts with load balancers, on which the steps of a plan are taken one by one: a second idea of what a step
 * does, which knows nothing of advance.ts. Every step that would be wrong to take is complained of.
 */
export type Street = {
  readonly house: House;
  readonly before: State;
  readonly next: State;
  /** What stands, by name. */
  readonly standing: Map<string, Place>;
  readonly balancers: ReadonlyMap<string, Served>;
  /** Backends that must have a server at every moment: those that have some before and after. */
  readonly lasting: readonly string[];
  /** Those that were found to be healthy since the plan began. */
  readonly found: Set<string>;
  /** The endpoints whose answers may be mixed on the way, as is announced. */
  readonly announced: ReadonlySet<string>;
  /** The endpoints whose only servers change places with each other, so that no order keeps their calls apart. */
  readonly tied: ReadonlySet<string>;
  /** Set on the way back. */
  goesBack: boolean;
  readonly complaints: string[];
};

type Place = {
  readonly host: string;
  readonly port: number;
  phase: 'created' | 'started' | 'healthy' | 'stopped';
};

/** The street as a state says it is, with the configurations of its load balancers. */
export function streetOf(
  before: State,
  next: State,
  house: House,
  configs: ReadonlyMap<string, string>,
  announced: ReadonlySet<string> = new Set(),
): Street {
  const standing = standingIn(before).map(({ name, host, port, phase }): [string, Place] => [
    name,
    { host, port, phase },
  ]);
  const balancers = [...configs].map(([name, config]): [string, Served] => [name, servedBy(config)]);
  const then = backendsOf(next, house);
  const lasting = [...backendsOf(before, house).keys()].filter(
    (backend) => then.has(backend) && !mayBeDark({ before, next }, then.get(backend) ?? []),
  );
  return {
    ...{ house, before, next, lasting, announced, found: new Set<string>(), goesBack: false, complaints: [] },
    tied: tiedEndpoints(before, next),
    standing: new Map(standing),
    balancers: new Map(balancers),
  };
}

/** What stands by a state: the containers of the stacks, and what is retained of them, stopped or not. */
export function standingIn({ stacks, containers, retained }: State): (Place & { readonly name: string })[] {
  const hosts = new Map(stacks.map((stack) => [stack.name, stack.host]));
  const place = ({ name, stack, hostPort: port }: State['containers'][number], phase: Place['phase']) => ({
    ...{ name, host: hosts.get(stack) ?? '', port, phase },
  });
  return [
    ...containers.map((row) => place(row, 'healthy')),
    ...retained.map((row) => place(row, row.warm ? 'healthy' : 'stopped')),
  ];
}

export function take(street: Street, step: Step): void {
  const complain = (text: string): void =>
    void street.complaints.push(`at ${step.kind} ${step.object}: ${text}`);
  switch (step.kind) {
    case 'create_container':
      create(street, step, complain);
      break;
    case 'start_container':
      if (
        street.standing.get(step.spec.name)?.phase === 'stopped' &&
        running(street, step.host) >= street.house.capacity
      )
        complain(`${step.host} has no room for it`);
      if (isSecond(street, step.spec.name, runningIn(street))) complain('another one runs at its place');
      move(street, step.spec.name, ['created', 'stopped'], 'started', complain);
      break;
    case 'wait_healthy':
      move(street, step.spec.name, ['started', 'healthy'], 'healthy', complain);
      street.found.add(step.spec.name);
      break;
    case 'stop_container':
      for (const served of street.balancers.values()) {
        if (isAsked(served, step.spec.name))
          complain('requests are still sent to it, or it may be answering');
      }
      move(street, step.spec.name, ['started', 'healthy', 'created'], 'stopped', complain);
      break;
    case 'remove_container':
      if (street.standing.get(step.spec.name)?.phase === 'healthy') complain('it was not stopped');
      if (!street.standing.delete(step.spec.name)) complain('it is not there');
      break;
    case 'watch_health':
      if (street.standing.get(step.spec.name)?.phase !== 'healthy') complain('it is not healthy');
      break;
    case 'check_host':
    case 'pull_image':
    case 'pause':
    case 'judge_canary':
    case 'commit_state':
      break;
    case 'rename_container':
    case 'remove_orphan':
      complain('a change mends nothing');
      break;
    default:
      takeOnBalancer(street, step, complain);
  }
}

function runningIn({ standing }: Street): string[] {
  return [...standing].flatMap(([name, { phase }]) => (['started', 'healthy'].includes(phase) ? [name] : []));
}

type Complain = (text: string) => void;

function create(street: Street, step: Extract<Step, { kind: 'create_container' }>, complain: Complain): void {
  const { name, hostPort: port } = step.spec;
  if (street.standing.has(name)) complain('there is one of this name');
  const there = [...street.standing.values()].filter((place) => place.host === step.host);
  if (there.some((place) => place.port === port)) complain(`port ${port} of ${step.host} is taken`);
  if (running(street, step.host) >= street.house.capacity) complain(`${step.host} has no room for it`);
  street.standing.set(name, { host: step.host, port, phase: 'created' });
}

/** How many containers of a host run, or will. */
function running({ standing }: Street, host: string): number {
  return [...standing.values()].filter((place) => place.host === host && place.phase !== 'stopped').length;
}

function move(
  { standing }: Street,
  name: string,
  from: readonly Place['phase'][],
  to: Place['phase'],
  complain: Complain,
): void {
  const place = standing.get(name);
  if (!place) complain('it is not there');
  else if (!from.includes(place.phase)) complain(`it is ${place.phase}`);
  else standing.set(name, { ...place, phase: to });
}

function takeOnBalancer(street: Street, step: BalancerStep, complain: Complain): void {
  const served = street.balancers.get(step.host);
  if (!served) {
    complain('no such load balancer');
    return;
  }
  const asked = serversIn(served);
  const rows = [...street.before.containers, ...street.next.containers];
  const isIdle = (port: number): boolean => {
    const owner = rows.find(({ links }) => Object.values(links).some((link) => link.port === port));
    return [...street.balancers.values()].every((one) => !isAsked(one, owner?.name ?? ''));
  };
  takeAt(served, step, { goesBack: street.goesBack, isIdle }, complain);
  if (!street.goesBack) {
    const fresh = [...serversIn(served)].filter(
      ([place, name]) => !asked.has(place) && street.standing.has(name),
    );
    for (const [place, name] of fresh) {
      if (!street.found.has(name))
        complain(`${place} gets requests, and nobody has asked whether it is healthy`);
    }
  }
  unanswered(street, served, complain);
  for (const backend of street.lasting) {
    const servers = [...(served.worker.backends.get(backend)?.values() ?? [])];
    if (!servers.some(({ phase }) => phase === 'takes')) complain(`nothing answers for ${backend}`);
  }
  const all = [...street.balancers.values()];
  for (const [endpoint, text] of mixedStages(street.before, street.next, all)) {
    if (!street.announced.has(endpoint) || !street.tied.has(endpoint)) complain(text);
  }
  for (const [endpoint, chain] of mixedChains(street.before, street.next, all)) {
    if (!street.announced.has(endpoint)) complain(`${endpoint} may be answered by ${chain}`);
  }
}

/** The names of the servers, by backend and name. */
function serversIn({ worker }: Served): Map<string, string> {
  const listed = [...worker.backends].flatMap(([backend, servers]) =>
    [...servers.keys()].map((name): [string, string] => [`${backend}/${name}`, name]),
  );
  return new Map(listed);
}

/** Servers that get requests are healthy, and where the load balancer thinks they are. */
function unanswered({ standing, house }: Street, { worker }: Served, complain: Complain): void {
  for (const [backend, servers] of worker.backends) {
    for (const [name, { at, phase }] of servers) {
      if (phase === 'drained') continue;
      const place = standing.get(name);
      if (place?.phase !== 'healthy')
        complain(`${backend} asks ${name}, which is ${place?.phase ?? 'not there'}`);
      const address = place && `192.0.2.${20 + house.hosts.indexOf(place.host)}:${place.port}`;
      if (address !== at)
        complain(`${backend} asks ${name} at ${at}, and it is at ${address ?? 'no address'}`);
    }
  }
}
