import type { Edge, State } from '../../src/model/state.ts';

/** One relation as a test writes it: `webapp > training`, or `webapp > training @ 2` where its position is fixed. */
export function edge(endpoint: string, relation: string): Edge {
  const match = /^(\S+) > (\S+)(?: @ (\S+))?$/.exec(relation);
  if (!match) throw new Error(`the test names a relation that is none: ${relation}`);
  const [, parent = '', child = '', position] = match;
  return {
    endpoint,
    parent,
    child,
    position: position === undefined ? null : Number(position),
    drainLimit: null,
  };
}

/** The state with relations added to the tree of an endpoint, in the order given. */
export function withTree(state: State, endpoint: string, ...relations: readonly string[]): State {
  return { ...state, edges: [...state.edges, ...relations.map((relation) => edge(endpoint, relation))] };
}

/** The relations of a state as a test writes them, each with its endpoint in front. */
export function relationsIn({ edges }: State): string[] {
  return edges.map(({ endpoint, parent, child, position }) => {
    const place = position === null ? '' : ` @ ${position}`;
    return `${endpoint}: ${parent} > ${child}${place}`;
  });
}
