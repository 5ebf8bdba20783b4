import { endpointsOf, externalNamed, stacksOf, containersOf } from '../../model/lookup.ts';
import type { Edge, Endpoint, State } from '../../model/state.ts';
import { targetText } from '../../model/traffic.ts';
import { edgesOf, positionsInUse, rootsOf, treesWith } from '../../model/trees.ts';
import { groupsOf } from '../groups.ts';
import { namePartOf } from './names.ts';

/**
 * The graph of an environment, cut into cards that can be read: a main service with its endpoints and all that is called on
 * their behalf, each with its stacks and their hosts. What several cards share is drawn in full once.
 */
export type Card = {
  /** The services it draws in full, the main one first. */
  readonly services: readonly string[];
  readonly doors: readonly Door[];
  readonly branches: readonly Branch[];
};

/** An endpoint, and the branch it leads to. */
export type Door = {
  readonly name: string;
  readonly label: string;
  readonly url: string | null;
  readonly stage: string;
  /** The positions that answer. */
  readonly positions: readonly number[];
  readonly branch: number;
};

/** A service in a tree, an external one, or one that is drawn elsewhere. */
export type Branch = {
  readonly name: string;
  readonly kind: 'service' | 'external' | 'elsewhere';
  readonly depth: number;
  /** The branch that calls it; null of a root. */
  readonly parent: number | null;
  /** What is not so at every stage, or not at the position of the endpoint; of an external service, its targets. */
  readonly note: string;
  readonly stacks: readonly DrawnStack[];
};

export type DrawnStack = {
  readonly name: string;
  readonly label: string;
  readonly host: string;
  readonly cells: readonly DrawnContainer[];
};

export type DrawnContainer = {
  readonly name: string;
  readonly position: number;
  readonly version: string;
  /** Whether some endpoint or caller sends it requests. */
  readonly serves: boolean;
};

/** Up to so many services are one picture, in which hosts stand once. */
const onePicture = 6;

const collator = new Intl.Collator('en', { numeric: true });

/** `web9` before `web10`; names that count alike, such as `web1` and `web01`, by their letters. */
function asPeopleCount(one: string, two: string): number {
  return collator.compare(one, two) || (one < two ? -1 : 1);
}

/** The cards of a state, by the names of their services. The same state gives the same cards. */
export function cardsOf(state: State): Card[] {
  const names = state.services.map(({ name }) => name).sort(asPeopleCount);
  const mains = names.filter((name) => endpointsOf(state, name).length > 0);
  const alone = names.filter((name) => treesWith(state, name).length === 0);
  const drawn = new Set<string>(mains);
  const cards = [...mains, ...alone].map((name) => cardOf(state, name, drawn));
  return names.length <= onePicture && cards.length > 0 ? [together(cards)] : cards;
}

/** The cards as one, in which no branch is lost. */
function together(cards: readonly Card[]): Card {
  return cards.reduce((whole, { services, doors, branches }) => {
    const first = whole.branches.length;
    return {
      services: [...whole.services, ...services],
      doors: [...whole.doors, ...doors.map((door) => ({ ...door, branch: door.branch + first }))],
      branches: [
        ...whole.branches,
        ...branches.map((branch) => ({
          ...branch,
          parent: branch.parent === null ? null : branch.parent + first,
        })),
      ],
    };
  });
}

/** `drawn` has what is not to be drawn in full again; what this card draws is added. */
function cardOf(state: State, root: string, drawn: Set<string>): Card {
  const branches: Branch[] = [];
  const relations = relationsOf(state, root);
  const services = [root];
  const here = new Set<string>();
  const add = (name: string, depth: number, parent: number | null, note: string): void => {
    const index = branches.length;
    const external = externalNamed(state, name);
    if (external) {
      const targets = external.targets.map((target) => `${target.stage} ${targetText(target)}`).join(', ');
      branches.push({ name, kind: 'external', depth, parent, note: targets, stacks: [] });
      return;
    }
    // What another card draws has no stacks here, and its branches all the same: it may call others in this tree than in that one.
    const again = parent !== null && drawn.has(name);
    const kind = again ? 'elsewhere' : 'service';
    branches.push({ name, kind, depth, parent, note, stacks: again ? [] : stacksDrawn(state, name) });
    if (here.has(name)) return;
    here.add(name);
    drawn.add(name);
    if (!again && parent !== null) services.push(name);
    for (const relation of relations.get(name) ?? []) add(relation.child, depth + 1, index, relation.note);
  };
  add(root, 0, null, '');
  return { services, doors: endpointsOf(state, root).map(doorOf), branches };
}

function doorOf(endpoint: Endpoint): Door {
  const { name, service, stage, port, url, options } = endpoint;
  const shares = options.weights.filter(({ weight }) => weight > 0);
  const spread = shares.map(({ position, weight }) => `${position}=${weight}`).join(',');
  const label = `${namePartOf(name, `${service}-endpoint-`)} :${port}${spread === '' ? '' : ` @${spread}`}`;
  return { name, label, url, stage, positions: rootsOf(endpoint), branch: 0 };
}

function stacksDrawn(state: State, service: string): DrawnStack[] {
  const used = new Set(positionsInUse(state, service));
  return stacksOf(state, service).map(({ name, host }) => ({
    name,
    label: namePartOf(name, `${service}-stack`),
    host,
    cells: containersOf(state, name).map(({ name: container, position, version }) => ({
      ...{ name: container, position, version, serves: used.has(position) },
    })),
  }));
}

type Relation = { readonly child: string; readonly note: string };

/** What each service calls in the trees of one service's endpoints, with what is special about it. */
function relationsOf(state: State, root: string): ReadonlyMap<string, readonly Relation[]> {
  const endpoints = endpointsOf(state, root);
  const edges = endpoints.flatMap((endpoint) => edgesOf(state, endpoint.name));
  const stageOf = new Map(endpoints.map(({ name, stage }) => [name, stage]));
  const byParent = [...groupsOf(edges, ({ parent }) => parent)].map(([parent, ofParent]) => {
    const children = [...groupsOf(ofParent, ({ child }) => child)].sort(([a], [b]) => (a < b ? -1 : 1));
    const relations = children.map(([child, alike]) => ({
      child,
      note: noteOf(alike, endpoints.length, stageOf),
    }));
    return [parent, relations] as const;
  });
  return new Map(byParent);
}

function noteOf(edges: readonly Edge[], count: number, stageOf: ReadonlyMap<string, string>): string {
  const isUsual = edges.length === count && edges.every(({ position }) => position === null);
  if (isUsual) return '';
  const texts = edges.map(({ endpoint, position }) => {
    const stage = stageOf.get(endpoint) ?? endpoint;
    return position === null ? stage : `${stage} at ${position}`;
  });
  return [...new Set(texts)].join(', ');
}
