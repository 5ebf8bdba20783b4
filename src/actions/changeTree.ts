import { endpointNamed, externalNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { findEdge, noPositions, noSuchRelation, type EdgeSettings, type Relation } from './connect.ts';
import { noSuchEndpoint } from './missing.ts';

/** Points an endpoint at another position of its service; the edges of its tree that name no position follow it. */
export function pointEndpoint(
  state: State,
  { endpoint, position }: { readonly endpoint: string; readonly position: number },
): Outcome {
  const row = endpointNamed(state, endpoint);
  if (!row) return noSuchEndpoint(state, endpoint);
  const endpoints = state.endpoints.map((other) => (other === row ? { ...row, pointer: position } : other));
  return proposed({ ...state, endpoints });
}

/** Points one relation of a tree at another position of the child's stacks, or gives it another drain limit. */
export function changeEdge(state: State, relation: Relation, settings: Partial<EdgeSettings>): Outcome {
  if (!endpointNamed(state, relation.endpoint)) return noSuchEndpoint(state, relation.endpoint);
  const edge = findEdge(state, relation);
  if (!edge) return noSuchRelation(relation);
  const changed = { ...edge, ...settings };
  if (changed.position !== null && externalNamed(state, edge.child)) return noPositions(edge.child);
  const edges = state.edges.map((other) => (other === edge ? changed : other));
  return proposed({ ...state, edges });
}
