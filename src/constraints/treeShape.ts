import { endpointNamed, heightOf, serviceNamed } from '../model/lookup.ts';
import type { Edge, Endpoint, State } from '../model/state.ts';
import { edgesOf, positionOf, reachedBy } from '../model/trees.ts';
import { constraint, type Finding } from './constraint.ts';

export const treeShape = constraint({
  code: 'tree-shape',
  kind: 'correct',
  summary:
    "A tree is rooted at its endpoint's service and has no cycle, and every edge's position is inside the child's stacks.",
  judge: ({ state }) => [
    ...state.edges.filter((edge) => !endpointNamed(state, edge.endpoint)).map(withoutEndpoint),
    ...state.endpoints.flatMap((endpoint) => judgeTree(state, endpoint)),
  ],
});

function withoutEndpoint({ endpoint, parent, child }: Edge): Finding {
  const fact = `${parent} is connected to ${child} in its tree, and there is no such endpoint`;
  return {
    service: parent,
    object: endpoint,
    aspect: `${parent} ${child}`,
    fact,
    remedy: damaged,
  };
}

function judgeTree(state: State, endpoint: Endpoint): Finding[] {
  const edges = edgesOf(state, endpoint.name);
  if (edges.length === 0) return [];
  const reached = reachedBy(state, endpoint);
  const rounds = edgesOfCycles(edges);
  return edges.flatMap((edge) => [
    ...missingServices(state, edge),
    ...(reached.has(edge.parent) ? [] : [hanging(endpoint, edge)]),
    ...(rounds.has(edge) ? [inCycle(edge)] : []),
    ...outsideStacks(state, endpoint, edge),
  ]);
}

function about(
  { endpoint, parent, child }: Edge,
  aspect: string,
): Pick<Finding, 'service' | 'object' | 'aspect'> {
  return { service: child, object: endpoint, aspect: `${aspect} ${parent} ${child}` };
}

function missingServices(state: State, edge: Edge): Finding[] {
  return [edge.parent, edge.child]
    .filter((service) => !serviceNamed(state, service))
    .map((service) => ({
      ...about(edge, `missing ${service}`),
      fact: `its tree has ${service}, and there is no such service`,
      remedy: damaged,
    }));
}

function hanging({ service }: Endpoint, edge: Edge): Finding {
  const { endpoint, parent, child } = edge;
  const fact = `${parent} is connected to ${child}, and nothing leads from ${service} to ${parent}`;
  const remedy = `connect ${parent} first, or take the branch out too: 'cmanage disconnect ${parent} -c ${child} -e ${endpoint}', or --cascade`;
  return { ...about(edge, 'hanging'), fact, remedy };
}

function inCycle(edge: Edge): Finding {
  const fact = `${edge.parent} calls ${edge.child}, which in the end calls ${edge.parent} again`;
  const remedy = `take one of these relations out by 'cmanage disconnect'`;
  return { ...about(edge, 'cycle'), fact, remedy };
}

/** The edges from whose child a way leads back to their parent. */
function edgesOfCycles(edges: readonly Edge[]): Set<Edge> {
  const leadsTo = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return edges.some((edge) => edge.parent === from && leadsTo(edge.child, to, seen));
  };
  return new Set(edges.filter((edge) => leadsTo(edge.child, edge.parent, new Set())));
}

function outsideStacks(state: State, endpoint: Endpoint, edge: Edge): Finding[] {
  if (!serviceNamed(state, edge.child)) return [];
  const [position, height] = [positionOf(edge, endpoint), heightOf(state, edge.child)];
  if (Number.isInteger(position) && position >= 0 && position < height) return [];
  const follows = edge.position === null ? ", the endpoint's pointer" : '';
  const fact = `${edge.parent} is connected to ${edge.child} at position ${position}${follows}, and the stacks of ${edge.child} have height ${height}`;
  const remedy = `choose a position from 0 to ${Math.max(0, height - 1)}, or release a version on ${edge.child} first`;
  return [{ ...about(edge, 'position'), fact, remedy, deficit: Math.max(1, position - height + 1) }];
}

/** The database's foreign keys allow no such relation. */
const damaged = 'restore a backup of the state database';
