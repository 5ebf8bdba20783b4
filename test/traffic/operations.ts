import { drawer } from './generator/requests.ts';
import type { Fixed } from './expected.ts';
import type { EndpointSeen, ServiceSeen } from './look.ts';
import { front, versionOf, type Links } from './world.ts';

/** One command to give, and the version that must be in the registry before. */
export type Operation = {
  readonly kind: string;
  readonly args: readonly string[];
  readonly push?: { readonly service: string; readonly version: string };
};

/** What operations are drawn from. */
export type Situation = {
  readonly services: readonly ServiceSeen[];
  readonly fixed: readonly Fixed[];
  readonly hosts: number;
  readonly links: Links;
  /** A whole number from 0 up to, and not, the one given. */
  readonly random: (below: number) => number;
};

type Kind = {
  /** How often it is drawn, relative to the others. */
  readonly share: number;
  /** An operation of this kind, or null where none fits the situation. */
  readonly draw: (situation: Situation) => Omit<Operation, 'kind'> | null;
};

/** The most containers of a stack: a release on a higher one would make a run slower and slower. */
const highest = 5;
/** The fewest, by the rule stack-height. */
const lowest = 3;

/** How weights are spread, beside a canary's. */
const spreads = [
  [50, 50],
  [25, 75],
  [40, 30, 30],
] as const;

/** The door that comes and goes. */
const extra = { name: 'extra', service: 'ledger', stage: 'dev', port: 8095 };

/** Every kind of operation that may be given under load. A new command is another entry. */
const kinds = {
  release: {
    share: 4,
    draw: ({ services, random }) => {
      const low = services.filter((row) => heightOf(row) < highest);
      // Where a canary stands, it often needs another version above it before it can be promoted.
      const spread = low.filter(({ endpoints }) => endpoints.some(isSpread));
      const service = one(spread.length > 0 && random(2) === 0 ? spread : low, random);
      if (!service) return null;
      const version = versionOf(1 + numberOf(service));
      return { args: ['release', service.name, '-v', version], push: { service: service.name, version } };
    },
  },
  pop: {
    share: 4,
    draw: ({ services, random }) => {
      const service = one(
        services.filter((row) => heightOf(row) > lowest),
        random,
      );
      if (!service) return null;
      // Promotion most of the time; otherwise whatever position comes.
      const position = random(4) === 0 ? random(heightOf(service)) : 0;
      // Refused, whatever else there is: weights name positions, and these would shift.
      if (service.endpoints.some((endpoint) => lastOf(endpoint) >= position)) return null;
      return { args: ['pop', service.name, '--stackpointer', String(position)] };
    },
  },
  replace: {
    share: 2,
    draw: ({ services, random }) => {
      const service = one(services, random);
      if (!service) return null;
      const position = random(heightOf(service));
      const isTop = position === heightOf(service) - 1;
      const direction = isTop || (position > 0 && random(2) === 0) ? 'down' : 'up';
      return { args: ['replace', service.name, '--position', String(position), '--direction', direction] };
    },
  },
  changetree: {
    share: 2,
    draw: ({ services, random }) => {
      const endpoint = one(endpointsOfFront(services), random);
      if (!endpoint) return null;
      const position = one(others(endpoint.pointer, Math.min(...services.map(heightOf))), random);
      return { args: ['changetree', endpoint.name, '--position', String(position)] };
    },
  },
  branch: {
    share: 3,
    draw: ({ services, fixed, links, random }) => {
      // Stages with fixed positions disagree about most others, and what would spread over these is refused.
      const loose = random(3) === 0 ? undefined : one(fixed, random);
      if (loose)
        return { args: ['changetree', loose.endpoint, '--child', loose.child, '--position', 'pointer'] };
      const endpoint = one(endpointsOfFront(services), random);
      const child = one(
        services.filter(({ name }) => name !== front),
        random,
      );
      if (links === 'doors' || !endpoint || !child) return null;
      const position = String(random(heightOf(child)));
      return { args: ['changetree', endpoint.name, '--child', child.name, '--position', position] };
    },
  },
  weight: {
    share: 3,
    draw: ({ services, random }) => {
      const endpoint = one(endpointsOfFront(services), random);
      if (!endpoint) return null;
      const { name, pointer } = endpoint;
      const free = Array.from({ length: Math.min(...services.map(heightOf)) }, (_, position) => position);
      // A canary stands one above the pointer, and can be promoted soonest.
      if (random(2) === 0 && free.includes(pointer + 1)) {
        return { args: ['weight', name, `${pointer}=90`, `${pointer + 1}=10`] };
      }
      const weights = (one(spreads, random) ?? []).map((weight) => {
        const [position = 0] = free.splice(random(free.length), 1);
        return `${position}=${weight}`;
      });
      return { args: ['weight', name, ...weights] };
    },
  },
  promote: {
    // It seldom fits.
    share: 8,
    draw: ({ services, random }) => {
      const endpoint = one(services.flatMap(promotable), random);
      return endpoint ? { args: ['promote', endpoint.name] } : null;
    },
  },
  abort: {
    share: 2,
    draw: ({ services, random }) => {
      const endpoint = one(endpointsOfFront(services).filter(isSpread), random);
      return endpoint ? { args: ['abort', endpoint.name] } : null;
    },
  },
  rollback: {
    share: 1,
    draw: ({ services, random }) => {
      const service = one(services, random);
      return service ? { args: ['rollback', service.name] } : null;
    },
  },
  scale: {
    share: 1,
    draw: ({ services, hosts, random }) => {
      const service = one(services, random);
      if (!service || hosts < 3) return null;
      const stacks = one(others(service.stacks.length - 2, hosts - 1), random);
      return { args: ['scale', service.name, '--stacks', String(2 + (stacks ?? 0))] };
    },
  },
  door: {
    share: 1,
    draw: ({ services }) => {
      // Of the lowest service, which no other endpoint's tree changes with. A new address makes HAProxy reload.
      const row = services.find(({ name }) => name === extra.service);
      if (row?.endpoints.some(({ name }) => name === `${extra.service}-endpoint-${extra.name}`)) {
        return { args: ['delete', 'endpoint', `${extra.service}-endpoint-${extra.name}`] };
      }
      const { name, service, stage, port } = extra;
      return { args: ['addendpoint', name, '-s', service, '--stage', stage, '-p', String(port)] };
    },
  },
} satisfies Record<string, Kind>;

type KindName = keyof typeof kinds;

/** How often kinds are drawn anew before it is taken for certain that none of them fits. */
const patience = 1_000;

export const kindNames = Object.keys(kinds);

/**
 * Draws an operation that fits the situation, of `only` these kinds; a rule may still refuse it. Gives null where none of
 * them fits.
 */
export function drawOperation(situation: Situation, only: readonly string[] = kindNames): Operation | null {
  const unknown = only.find((kind) => !(kind in kinds));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${Object.keys(kinds).join(', ')}`);
  const shares = Object.fromEntries((only as KindName[]).map((kind) => [kind, kinds[kind].share]));
  const drawKind = drawer(shares as Record<KindName, number>, () => situation.random(2 ** 20) / 2 ** 20);
  for (let trial = 0; trial < patience; trial++) {
    const kind = drawKind();
    const operation = kinds[kind].draw(situation);
    if (operation) return { kind, ...operation };
  }
  return null;
}

/** The doors of the stages; where a child has one of its own, the trees do not say where it leads. */
const endpointsOfFront = (services: readonly ServiceSeen[]): ServiceSeen['endpoints'] =>
  services.find(({ name }) => name === front)?.endpoints ?? [];

const isSpread = ({ options: { weights } }: EndpointSeen): boolean => weights.length > 0;

/** The last position an endpoint spreads over; -1 where it does not spread. */
const lastOf = ({ options: { weights } }: EndpointSeen): number =>
  Math.max(-1, ...weights.map(({ position }) => position));

/** The endpoints whose canary may become what their pointer shows: the stacks stay high enough, and no other one's weights would shift. */
function promotable(service: ServiceSeen): readonly EndpointSeen[] {
  const { endpoints } = service;
  return endpoints.filter((endpoint) => {
    const rise = lastOf(endpoint) - endpoint.pointer;
    const others = endpoints.filter((other) => other !== endpoint).map(lastOf);
    return rise > 0 && heightOf(service) - rise >= lowest && Math.max(-1, ...others) < endpoint.pointer;
  });
}

const heightOf = ({ stacks }: ServiceSeen): number => stacks[0]?.containers.length ?? 0;

/** The number of a service's latest version. */
function numberOf({ stacks }: ServiceSeen): number {
  const latest = stacks[0]?.containers.at(-1)?.version ?? '';
  return Number(latest.split('.').at(-1) ?? 0);
}

/** The numbers from 0 up to, and not, a limit, without one. */
const others = (one: number, below: number): number[] =>
  Array.from({ length: below }, (_, number) => number).filter((number) => number !== one);

function one<Row>(rows: readonly Row[], random: Situation['random']): Row | undefined {
  return rows[random(rows.length)];
}
