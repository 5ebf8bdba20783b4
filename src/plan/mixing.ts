import { routes } from '../haproxy/routes.ts';
import { changeBetween, touchedServices } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import { childrenOf, targetOf } from '../model/links.ts';
import { containerNamed, containersAt, endpointNamed, ownersOf } from '../model/lookup.ts';
import type { Container, Endpoint, State } from '../model/state.ts';
import { reachedBy, rootsOf, treesWith } from '../model/trees.ts';
import { refusal, type Violation } from '../model/violation.ts';
import { Knots } from './knots.ts';

/**
 * Warns of endpoints whose answers may be made of some versions of before and some of after while a change is under way. A
 * promotion is not of this kind: old containers go on to call old ones, new ones new ones, and only the first service changes
 * places. But a container that stays in the tree has one link to each child for old and new callers alike: where its link
 * leads elsewhere, and something else of the tree changes too, the two cannot change in the same moment. Nor can two containers
 * change places where there is no other stack to answer meanwhile.
 */
export function mixedAnswers(before: State, next: State, environment: Environment): Violation[] {
  const touched = [...touchedServices(changeBetween(before, next), before, next)];
  const concerned = new Set(
    [before, next]
      .flatMap((state) => touched.flatMap((service) => treesWith(state, service)))
      .map(({ name }) => name),
  );
  const stuck = stuckIn(before, next, environment);
  return next.endpoints.flatMap((endpoint) => {
    const old = concerned.has(endpoint.name) ? endpointNamed(before, endpoint.name) : undefined;
    if (!old) return [];
    const [was, is] = [new Side(before, old, environment), new Side(next, endpoint, environment)];
    const mixture = howItMixes(was, is) ?? howItIsStuck(was, is, stuck);
    if (mixture === null) return [];
    const { fact, remedy } = mixture;
    const warning = refusal('mixed-answers', endpoint.name, fact, `${remedy} where that matters`);
    return [{ ...warning, service: endpoint.service, level: 'warn' as const }];
  });
}

type Mixture = { readonly fact: string; readonly remedy: string };

/** The containers that change places in one stack alone. All load balancers have the same servers and links. */
function stuckIn(before: State, next: State, environment: Environment): readonly string[] {
  const [balancer] = environment.loadBalancers;
  if (!balancer) return [];
  const [from, to] = [before, next].map((state) => routes(state, environment, balancer));
  return from && to ? new Knots({ before, next, from, to }).stuck : [];
}

/** What an answer may be made of while a tree changes, that is neither of before nor of after; or null. */
function howItMixes(was: Side, is: Side): Mixture | null {
  const remedy = 'change them by a command each';
  const known = new Set([...waysDown(was, was), ...waysDown(is, is)]);
  const mixed = waysDown(was, is).find((way) => !known.has(way));
  if (mixed !== undefined)
    return { fact: `until all of its tree has changed, an answer may come from ${mixed}`, remedy };
  const [one, other] = linksThatChange(was, is);
  if (one === undefined || other === undefined) return null;
  const fact = `${one} and ${other} change one after the other, and an answer may have the one of before and the other of after`;
  return { fact, remedy };
}

/** Which containers of a tree change places with nobody to answer meanwhile; or null. */
function howItIsStuck(was: Side, is: Side, stuck: readonly string[]): Mixture | null {
  const names = stuck.filter((name) => was.isMember(name) || is.isMember(name));
  const services = new Set(names.flatMap((name) => is.container(name) ?? []).map((row) => is.serviceOf(row)));
  if (names.length === 0) return null;
  return {
    fact: `${names.join(' and ')} change places with nobody else to answer meanwhile, and an answer may come from where another endpoint calls`,
    remedy: `scale ${[...services].join(' and ')} to two stacks before`,
  };
}

/** An endpoint's tree in one of two states. */
class Side {
  readonly #state: State;
  readonly #endpoint: Endpoint;
  readonly #environment: Environment;

  constructor(state: State, endpoint: Endpoint, environment: Environment) {
    this.#state = state;
    this.#endpoint = endpoint;
    this.#environment = environment;
  }

  /** The containers that answer first. */
  get roots(): Container[] {
    return rootsOf(this.#endpoint).flatMap((position) =>
      containersAt(this.#state, this.#endpoint.service, position),
    );
  }

  /** All containers of the tree. */
  get members(): Container[] {
    return [...reachedBy(this.#state, this.#endpoint)].flatMap(([service, positions]) =>
      [...positions].flatMap((position) => containersAt(this.#state, service, position)),
    );
  }

  container(name: string): Container | undefined {
    return containerNamed(this.#state, name);
  }

  /** Whether the container of a name is in the tree. */
  isMember(name: string): boolean {
    const row = this.container(name);
    return (
      row !== undefined &&
      reachedBy(this.#state, this.#endpoint).get(this.serviceOf(row))?.has(row.position) === true
    );
  }

  serviceOf(row: Container): string {
    return ownersOf(this.#state, row).service.name;
  }

  childrenOf(row: Container): string[] {
    return childrenOf(this.#state, this.serviceOf(row));
  }

  /** The containers that a container's link to a child leads to, as they are in this state or in the other. */
  called(row: Container, child: string, other: Side = this): readonly Container[] {
    const place = { service: this.serviceOf(row), position: row.position };
    const target = targetOf(this.#state, this.#environment, place, child);
    const position = target?.position ?? null;
    if (position === null) return [];
    return [this, other].flatMap((side) => containersAt(side.#state, child, position));
  }
}

/** The relations by which containers that are in the tree before and after call other versions after. */
function linksThatChange(was: Side, is: Side): string[] {
  const found = new Set<string>();
  for (const row of was.members) {
    const then = is.isMember(row.name) ? is.container(row.name) : undefined;
    if (!then) continue;
    const parent = is.serviceOf(then);
    for (const child of is.childrenOf(then)) {
      if (versionsOf(was.called(row, child)) === versionsOf(is.called(then, child))) continue;
      found.add(`${child} below ${parent}`);
    }
  }
  return [...found];
}

function versionsOf(rows: readonly Container[]): string {
  return [...new Set(rows.map(({ version, digest }) => `${version} ${digest}`))].sort().join(', ');
}

/** The ways from the first services down, by versions, where what holds of one side may still, or already, hold of the other. */
function waysDown(one: Side, other: Side): string[] {
  const ways: string[] = [];
  const follow = (name: string, above: string, passed: readonly string[]): void => {
    const sides = [one, other].filter((side) => side.isMember(name));
    // What is in neither tree may still be called for a moment, where it comes to stand in the place of another.
    const rows = (sides.length > 0 ? sides : [one, other]).flatMap((side) => {
      const row = side.container(name);
      return row ? [{ side, row }] : [];
    });
    const [first] = rows;
    const service = first?.side.serviceOf(first.row) ?? '';
    if (!first || passed.includes(service)) return;
    const way = `${above}${above === '' ? '' : ' > '}${service} ${first.row.version}`;
    ways.push(way);
    const below = rows.flatMap(({ side, row }) =>
      side.childrenOf(row).flatMap((child) => side.called(row, child, side === one ? other : one)),
    );
    for (const callee of new Set(below.map((row) => row.name))) follow(callee, way, [...passed, service]);
  };
  for (const name of new Set([...one.roots, ...other.roots].map((row) => row.name))) follow(name, '', []);
  return ways;
}
