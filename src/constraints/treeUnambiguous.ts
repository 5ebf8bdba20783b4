import type { State } from '../model/state.ts';
import { edgesOf, positionOf, reachedBy, treesWith } from '../model/trees.ts';
import { constraint, type Finding } from './constraint.ts';

/** A container at a position of the parent calls a position of the child, on behalf of an endpoint. */
type Call = {
  readonly parent: string;
  readonly at: number;
  readonly child: string;
  readonly position: number;
  readonly endpoint: string;
};

export const treeUnambiguous = constraint({
  code: 'tree-unambiguous',
  kind: 'correct',
  summary: "One parent position never serves two trees that disagree about a child's position.",
  judge: ({ state }) => {
    const first = new Map<string, Call>();
    return callsOf(state).flatMap((call): Finding[] => {
      const key = `${call.parent} ${call.at} ${call.child}`;
      const known = first.get(key) ?? call;
      first.set(key, known);
      return known.position === call.position ? [] : [disagreement(known, call)];
    });
  },
});

function callsOf(state: State): Call[] {
  return state.endpoints.flatMap((endpoint) => {
    const edges = edgesOf(state, endpoint.name);
    if (edges.length === 0) return [];
    const reached = reachedBy(state, endpoint);
    // A tree cannot disagree with itself: it has one edge from a parent to a child.
    const shared = edges.filter((edge) => treesWith(state, edge.parent).length > 1);
    return shared.flatMap((edge) =>
      [...(reached.get(edge.parent) ?? [])].map((at) => ({
        ...{ parent: edge.parent, at, child: edge.child },
        ...{ position: positionOf(edge, endpoint), endpoint: endpoint.name },
      })),
    );
  });
}

function disagreement(known: Call, call: Call): Finding {
  const { parent, at, child } = call;
  const fact =
    `its containers at position ${at} would call ${child} at position ${known.position} for ${known.endpoint}` +
    ` and at position ${call.position} for ${call.endpoint}`;
  const remedy = `give both the same position by 'cmanage changetree ENDPOINT --child ${child} --position N', or point the endpoints at different positions`;
  return { service: parent, object: parent, aspect: `${at} ${child}`, fact, remedy };
}
