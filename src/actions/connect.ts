import { endpointNamed, externalNamed, serviceNamed } from '../model/lookup.ts';
import type { Edge, State } from '../model/state.ts';
import { edgesOf, reachedBy } from '../model/trees.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchChild, noSuchEndpoint, noSuchParent } from './missing.ts';

/** Which relation of which tree: the parent calls the child on behalf of the endpoint. */
export type Relation = Pick<Edge, 'endpoint' | 'parent' | 'child'>;

/** What can be set of a relation. */
export type EdgeSettings = Pick<Edge, 'position' | 'drainLimit'>;

/** Adds a relation to an endpoint's tree. Whether the tree keeps its shape is for the constraints to judge. */
export function connect(state: State, edge: Edge): Outcome {
  const { endpoint, parent, child } = edge;
  if (!endpointNamed(state, endpoint)) return noSuchEndpoint(state, endpoint);
  if (!serviceNamed(state, parent)) return noSuchParent(state, parent);
  const isExternal = externalNamed(state, child) !== undefined;
  if (!isExternal && !serviceNamed(state, child)) return noSuchChild(state, child);
  if (isExternal && edge.position !== null) return noPositions(child);
  if (findEdge(state, edge)) {
    const fact = `${parent} is connected to ${child} there already`;
    const setting = isExternal ? '--drain-limit SECONDS' : '--position N';
    const remedy = `${isExternal ? 'change' : 'move'} it by 'cmanage changetree ${endpoint} --child ${child} ${setting}'`;
    return refused(refusal('tree-shape', endpoint, fact, remedy));
  }
  return proposed({ ...state, edges: [...state.edges, edge] });
}

/** Takes a relation out of an endpoint's tree. */
export function disconnect(state: State, relation: Relation): Outcome {
  const { endpoint } = relation;
  if (!endpointNamed(state, endpoint)) return noSuchEndpoint(state, endpoint);
  const edge = findEdge(state, relation);
  if (!edge) return noSuchRelation(relation);
  return proposed({ ...state, edges: state.edges.filter((row) => row !== edge) });
}

/** Removes the edges of a tree that hang in the air, because nothing in the tree calls their parents any more. */
export function prune(state: State, endpoint: string): State {
  const root = endpointNamed(state, endpoint);
  if (!root) return state;
  const reached = reachedBy(state, root);
  const hanging = new Set(edgesOf(state, endpoint).filter((edge) => !reached.has(edge.parent)));
  return hanging.size === 0 ? state : { ...state, edges: state.edges.filter((edge) => !hanging.has(edge)) };
}

/** What an action answers that is to call an external service at a position. */
export function noPositions(external: string): ReturnType<typeof refused> {
  const remedy = `leave the position out; 'cmanage changeexternal ${external} --target STAGE=HOST:PORT' says where it answers at a stage`;
  return refused(
    refusal('tree-shape', external, 'it is an external service, which has no positions', remedy),
  );
}

export function noSuchRelation({ endpoint, parent, child }: Relation): ReturnType<typeof refused> {
  const remedy = `see 'cmanage show tree ${endpoint}'`;
  return refused(refusal('tree-shape', endpoint, `${parent} is not connected to ${child} there`, remedy));
}

export function findEdge(state: State, { endpoint, parent, child }: Relation): Edge | undefined {
  return edgesOf(state, endpoint).find((edge) => edge.parent === parent && edge.child === child);
}
