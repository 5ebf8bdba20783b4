import { endpointNamed, externalNamed, heightOf, serviceNamed, targetAt } from '../model/lookup.ts';
import type { Edge, Endpoint, Service, State } from '../model/state.ts';
import { edgesOf, positionOf, reachedBy, rootsOf } from '../model/trees.ts';
import { constraint, type Finding } from './constraint.ts';

export const treeShape = constraint({
  code: 'tree-shape',
  kind: 'correct',
  summary:
    "A tree is rooted at its endpoint's service and has no cycle; every edge's position is inside the child's stacks, and an external child has a target at the stage. What a service is said to use exists.",
  judge: ({ state }) => [
    ...state.services.flatMap((service) => judgeUses(state, service)),
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

/** What a service uses is a relation before there is a tree: it leads to another service, or an external one. */
function judgeUses(state: State, { name, traffic }: Service): Finding[] {
  return traffic.uses.flatMap((used): Finding[] => {
    const about = { service: name, object: name, aspect: `uses ${used}` };
    if (used === name)
      return [{ ...about, fact: 'it is said to use itself', remedy: 'leave it out of --uses' }];
    if (serviceNamed(state, used) || externalNamed(state, used)) return [];
    const remedy = `add it first by 'cmanage addservice ${used}' or 'cmanage addexternal ${used}', or leave it out of --uses`;
    return [{ ...about, fact: `it uses ${used}, and there is no such service`, remedy }];
  });
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
    ...rootsOf(endpoint).flatMap((root) => outsideStacks(state, root, edge)),
    ...outsideTargets(state, endpoint, edge),
  ]);
}

function about(
  { endpoint, parent, child }: Edge,
  aspect: string,
): Pick<Finding, 'service' | 'object' | 'aspect'> {
  return { service: child, object: endpoint, aspect: `${aspect} ${parent} ${child}` };
}

function missingServices(state: State, edge: Edge): Finding[] {
  const { parent, child } = edge;
  const missing = [
    ...(serviceNamed(state, parent) ? [] : [parent]),
    ...(serviceNamed(state, child) || externalNamed(state, child) ? [] : [child]),
  ];
  return missing.map((name) => ({
    ...about(edge, `missing ${name}`),
    fact: externalNamed(state, name)
      ? `${name} is connected to ${child}, and is an external service, which calls nothing`
      : `its tree has ${name}, and there is no such service`,
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

function outsideStacks(state: State, root: number, edge: Edge): Finding[] {
  if (!serviceNamed(state, edge.child)) return [];
  const [position, height] = [positionOf(edge, root), heightOf(state, edge.child)];
  if (Number.isInteger(position) && position >= 0 && position < height) return [];
  const follows = edge.position === null ? ", the endpoint's pointer" : '';
  const fact = `${edge.parent} is connected to ${edge.child} at position ${position}${follows}, and the stacks of ${edge.child} have height ${height}`;
  const remedy = `choose a position from 0 to ${Math.max(0, height - 1)}, or release a version on ${edge.child} first`;
  return [{ ...about(edge, 'position'), fact, remedy, deficit: Math.max(1, position - height + 1) }];
}

/** An external service answers at its target for the stage, and has no positions. */
function outsideTargets(state: State, { stage }: Endpoint, edge: Edge): Finding[] {
  const external = externalNamed(state, edge.child);
  if (!external) return [];
  const { endpoint, parent, child, position } = edge;
  const findings: Finding[] = [];
  if (position !== null) {
    const fact = `${parent} is connected to ${child} at position ${position}, and an external service has no positions`;
    const remedy = `take it away by 'cmanage changetree ${endpoint} --child ${child} --position pointer'`;
    findings.push({ ...about(edge, 'position'), fact, remedy });
  }
  if (!targetAt(external, stage)) {
    const fact = `${parent} is connected to ${child}, which has no target at stage ${stage}`;
    const remedy = `give it one by 'cmanage changeexternal ${child} --target ${stage}=HOST:PORT', or take the relation out by 'cmanage disconnect ${parent} -c ${child} -e ${endpoint}'`;
    findings.push({ ...about(edge, 'target'), fact, remedy });
  }
  return findings;
}

/** The database's foreign keys allow no such relation. */
const damaged = 'restore a backup of the state database';
