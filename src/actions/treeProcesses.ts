import { endpointNamed, externalNamed, serviceNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { edgesOf, treesWith } from '../model/trees.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { changeEdge, pointEndpoint } from './changeTree.ts';
import { connect, disconnect, findEdge, prune, type EdgeSettings, type Relation } from './connect.ts';
import { noSuchChild, noSuchEndpoint, noSuchParent } from './missing.ts';
import { sequence } from './sequence.ts';

/** The processes that change service trees. */

/**
 * A service, or an external one, with those it calls and those that call it, in some endpoints' trees; none named means
 * every tree it fits.
 */
export type Relatives = {
  readonly service: string;
  readonly children: readonly string[];
  readonly parents: readonly string[];
  readonly endpoints: readonly string[];
};

/**
 * Connects a service below its parents and its children below it, by default in every tree that has the parent and not
 * yet the relation. Parents come first, so that each tree grows from its root.
 */
export function connectService(
  state: State,
  relatives: Relatives,
  given: Partial<EdgeSettings> = {},
): Outcome {
  const settings = { position: null, drainLimit: null, ...given };
  return pairsOf(relatives).reduce<Outcome>((outcome, pair) => {
    if (!outcome.ok) return outcome;
    const fitting = treesOf(outcome.value, pair.parent);
    if (relatives.endpoints.length === 0 && fitting.length === 0) return inNoTree(outcome.value, pair.parent);
    const lacking = fitting.filter((endpoint) => !findEdge(outcome.value, { endpoint, ...pair }));
    const usual = lacking.length > 0 ? lacking : fitting;
    const trees = relatives.endpoints.length > 0 ? relatives.endpoints : usual;
    return sequence(
      outcome,
      trees.map((endpoint) => (next: State) => connect(next, { endpoint, ...pair, ...settings })),
    );
  }, proposed(state));
}

/** Takes the relations out of the trees named, or of every tree that has them; with `cascade`, also the branches left hanging. */
export function disconnectService(state: State, relatives: Relatives, cascade: boolean): Outcome {
  const relations = pairsOf(relatives).map((pair) => {
    const named = relatives.endpoints;
    const having = state.endpoints
      .map(({ name }) => name)
      .filter((endpoint) => findEdge(state, { endpoint, ...pair }));
    return { pair, trees: named.length > 0 ? named : having };
  });
  const idle = relations.find(({ trees }) => trees.length === 0);
  if (idle) {
    const { parent, child } = idle.pair;
    if (!serviceNamed(state, parent)) return noSuchParent(state, parent);
    if (!serviceNamed(state, child) && !externalNamed(state, child)) return noSuchChild(state, child);
    const remedy = "see 'cmanage show tree' for the relations there are";
    return refused(refusal('tree-shape', parent, `it is not connected to ${child} in any tree`, remedy));
  }
  const pruned = (next: State): Outcome =>
    proposed(cascade ? relations.flatMap(({ trees }) => trees).reduce(prune, next) : next);
  return sequence(proposed(state), [
    ...relations.flatMap(({ pair, trees }) =>
      trees.map((endpoint) => (next: State) => disconnect(next, { endpoint, ...pair })),
    ),
    pruned,
  ]);
}

/** What a branching is about: an endpoint, or the edges of its tree that lead to a child (from one parent, or all). */
export type Branching = {
  readonly endpoint: string;
  readonly child: string | null;
  readonly parent: string | null;
};

/**
 * Points an endpoint at another position, or changes relations of its tree. A position of null makes an edge follow the
 * endpoint's pointer; an endpoint itself always has one, and no drain limit.
 */
export function changeTree(
  state: State,
  { endpoint, child, parent }: Branching,
  settings: Partial<EdgeSettings>,
): Outcome {
  if (!endpointNamed(state, endpoint)) return noSuchEndpoint(state, endpoint);
  if (child === null) return changeEndpoint(state, endpoint, settings);
  const relations: readonly Relation[] =
    parent === null
      ? edgesOf(state, endpoint).filter((edge) => edge.child === child)
      : [{ endpoint, parent, child }];
  if (relations.length === 0) {
    const remedy = `see 'cmanage show tree ${endpoint}'`;
    return refused(refusal('tree-shape', endpoint, `nothing calls ${child} there`, remedy));
  }
  return sequence(
    proposed(state),
    relations.map((relation) => (next: State) => changeEdge(next, relation, settings)),
  );
}

function changeEndpoint(
  state: State,
  endpoint: string,
  { position = null, drainLimit }: Partial<EdgeSettings>,
): Outcome {
  if (drainLimit !== undefined) {
    const fact = 'a drain limit belongs to a relation of its tree';
    return refused(refusal('endpoint-service', endpoint, fact, 'name the --child it is about'));
  }
  if (position !== null) return pointEndpoint(state, { endpoint, position });
  const fact = 'an endpoint needs a position of its own';
  return refused(refusal('endpoint-service', endpoint, fact, 'give --position N, or name a --child'));
}

function pairsOf({ service, children, parents }: Relatives): { parent: string; child: string }[] {
  return [
    ...parents.map((parent) => ({ parent, child: service })),
    ...children.map((child) => ({ parent: service, child })),
  ];
}

function treesOf(state: State, service: string): string[] {
  return treesWith(state, service).map((endpoint) => endpoint.name);
}

function inNoTree(state: State, service: string): ReturnType<typeof refused> {
  if (!serviceNamed(state, service)) return noSuchParent(state, service);
  const remedy = `add an endpoint by 'cmanage addendpoint', or connect ${service} to a service that has one`;
  return refused(
    refusal('tree-shape', service, 'it is in no tree, so that nothing can be connected below it', remedy),
  );
}
