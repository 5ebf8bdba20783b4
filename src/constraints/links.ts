import { childrenOf, defaultLinks } from '../model/links.ts';
import { externalNamed, serviceNamed, stackNamed } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import type { Link } from '../model/traffic.ts';
import { constraint, type Finding, type World } from './constraint.ts';

export const links = constraint({
  code: 'links',
  kind: 'correct',
  summary:
    'Every container has a link to each service that its service calls, at a port of its own inside the range of links.',
  parameters: defaultLinks,
  choices: { unassigned: ['last-stage', 'none'] },
  judge: (world) => {
    const seen = new Map(world.state.retained.flatMap(portsOfLinks));
    return world.state.containers.flatMap((container) => judgeContainer(world, container, seen));
  },
});

function judgeContainer(world: World, container: Container, seen: Map<number, string>): Finding[] {
  const service = stackNamed(world.state, container.stack)?.service;
  if (service === undefined) return [];
  const about = { service, object: container.name };
  const given = Object.entries(container.links);
  const children = childrenOf(world.state, service);
  if (children.length + given.length === 0) return [];
  return [
    ...children.filter((child) => !Object.hasOwn(container.links, child)).map(lacking),
    ...given.flatMap(([child, link]) =>
      judgePort(world, { container: container.name, child, ...link }, seen),
    ),
  ].map((finding) => ({ ...about, ...finding }));
}

/** The ports of a retained container's links are its own, although they lead nowhere. */
function portsOfLinks({ name, links }: Container): [number, string][] {
  return Object.values(links).map(({ port }) => [port, name]);
}

type Fact = Omit<Finding, 'service' | 'object'>;

function lacking(child: string): Fact {
  const fact = `it has no link to ${child}, which its service calls`;
  const remedy = `disconnect ${child} and connect it again, which replaces the container`;
  return { aspect: `lacks ${child}`, fact, remedy };
}

type Given = Link & { readonly container: string; readonly child: string };

function judgePort(
  { state, environment }: World,
  { container, child, port, mode }: Given,
  seen: Map<number, string>,
): Fact[] {
  const other = seen.get(port);
  seen.set(port, container);
  const { from, to } = environment.links[mode];
  const link = `port ${port} of its link to ${child}`;
  const inside = port >= from && port <= to;
  return [
    ...(other === undefined
      ? []
      : [{ aspect: `port ${child}`, fact: `${link} is taken by ${other}`, remedy: 'release it again' }]),
    ...(inside || !isCalled(state, child)
      ? []
      : [
          {
            aspect: `range ${child}`,
            fact: `${link} is outside the range ${from}-${to}`,
            remedy: 'widen the range under links in hosts.yml',
          },
        ]),
  ];
}

/** A link to what is not there any more does no harm, and has no mode to be judged by. */
function isCalled(state: State, child: string): boolean {
  return serviceNamed(state, child) !== undefined || externalNamed(state, child) !== undefined;
}
