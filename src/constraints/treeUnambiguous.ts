import { externalNamed, targetAt } from '../model/lookup.ts';
import type { Edge, Endpoint, State } from '../model/state.ts';
import { targetText } from '../model/traffic.ts';
import { edgesOf, positionOf, treesOf, treesWith } from '../model/trees.ts';
import { constraint, type Finding } from './constraint.ts';

/** A container at a position of the parent calls the child at a place, on behalf of an endpoint. */
type Call = {
  readonly parent: string;
  readonly at: number;
  readonly child: string;
  /** Where it is answered: at a position of the child, or at a target of an external one. */
  readonly place: string;
  readonly isExternal: boolean;
  readonly endpoint: string;
};

export const treeUnambiguous = constraint({
  code: 'tree-unambiguous',
  kind: 'correct',
  summary:
    "One parent position never serves two trees that disagree about a child's position, or an external service's target.",
  judge: ({ state }) => {
    const first = new Map<string, Call>();
    return callsOf(state).flatMap((call): Finding[] => {
      const key = `${call.parent} ${call.at} ${call.child}`;
      const known = first.get(key) ?? call;
      first.set(key, known);
      return known.place === call.place ? [] : [disagreement(known, call)];
    });
  },
});

function callsOf(state: State): Call[] {
  return state.endpoints.flatMap((endpoint) => {
    const edges = edgesOf(state, endpoint.name);
    if (edges.length === 0) return [];
    const trees = treesOf(state, endpoint);
    // A single tree cannot disagree with itself: it has one edge from a parent to a child.
    const shared = edges.filter((edge) => trees.length > 1 || treesWith(state, edge.parent).length > 1);
    return trees.flatMap(({ root, reached }) =>
      shared.flatMap((edge) => {
        const answer = answerOf(state, { endpoint, root }, edge);
        if (!answer) return [];
        const { parent, child } = edge;
        const positions = [...(reached.get(parent) ?? [])];
        return positions.map((at) => ({ parent, at, child, ...answer, endpoint: endpoint.name }));
      }),
    );
  });
}

/** Where an edge leads to; nowhere where an external service has no target at the stage, of which tree-shape tells. */
function answerOf(
  state: State,
  { endpoint, root }: { readonly endpoint: Endpoint; readonly root: number },
  edge: Edge,
): Pick<Call, 'place' | 'isExternal'> | undefined {
  const external = externalNamed(state, edge.child);
  if (!external) return { place: `position ${positionOf(edge, root)}`, isExternal: false };
  const target = targetAt(external, endpoint.stage);
  return target && { place: targetText(target), isExternal: true };
}

function disagreement(known: Call, call: Call): Finding {
  const { parent, at, child, isExternal } = call;
  const fact =
    `its containers at position ${at} would call ${child} at ${known.place} for ${known.endpoint}` +
    ` and at ${call.place} for ${call.endpoint}`;
  const alike = isExternal
    ? `give both stages the same target by 'cmanage changeexternal ${child} --target STAGE=HOST:PORT'`
    : `give both the same position by 'cmanage changetree ENDPOINT --child ${child} --position N'`;
  const remedy = `${alike}, or point the endpoints at different positions`;
  return { service: parent, object: parent, aspect: `${at} ${child}`, fact, remedy };
}
