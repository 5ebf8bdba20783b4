import type { Environment } from '../model/environment.ts';
import { childrenOf, targetOf } from '../model/links.ts';
import { containerNamed, containersAt, endpointNamed, ownersOf } from '../model/lookup.ts';
import type { Container, Endpoint, State } from '../model/state.ts';
import { reachedBy, rootsOf } from '../model/trees.ts';
import { refusal, type Violation } from '../model/violation.ts';

/**
 * Warns of endpoints whose answers may be made of some versions of before and some of after while a change is under way. A
 * promotion is not of this kind: old containers go on to call old ones, new ones new ones, and only the first service changes
 * places. But a container that stays in the tree has one link to each child for old and new callers alike: where its link
 * leads elsewhere, and something else of the tree changes too, the two cannot change in the same moment.
 */
export function mixedAnswers(before: State, next: State, environment: Environment): Violation[] {
  return next.endpoints.flatMap((endpoint) => {
    const old = endpointNamed(before, endpoint.name);
    if (!old) return [];
    const [was, is] = [new Side(before, old, environment), new Side(next, endpoint, environment)];
    const changing = linksThatChange(was, is);
    if (changing.length === 0 || (changing.length === 1 && !mixes(was, is))) return [];
    const which = changing.map(([parent, child]) => `${child} below ${parent}`).join(' and ');
    const fact = `${which} cannot change in the same moment as the rest of its tree; until all has, an answer may have some of before and some of after`;
    const warning = refusal(
      'mixed-answers',
      endpoint.name,
      fact,
      'change them by a command each where that matters',
    );
    return [{ ...warning, service: endpoint.service, level: 'warn' as const }];
  });
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

  /** The container of a name where it is in the tree. */
  member(name: string): Container | undefined {
    const row = containerNamed(this.#state, name);
    const positions = row && reachedBy(this.#state, this.#endpoint).get(this.serviceOf(row));
    return positions?.has(row?.position ?? -1) === true ? row : undefined;
  }

  serviceOf(row: Container): string {
    return ownersOf(this.#state, row).service.name;
  }

  childrenOf(row: Container): string[] {
    return childrenOf(this.#state, this.serviceOf(row));
  }

  /** The containers that a container's link to a child leads to. */
  called(row: Container, child: string): readonly Container[] {
    const place = { service: this.serviceOf(row), position: row.position };
    const target = targetOf(this.#state, this.#environment, place, child);
    const position = target?.position ?? null;
    return position === null ? [] : containersAt(this.#state, child, position);
  }
}

/** The relations by which containers that are in the tree before and after call other versions after. */
function linksThatChange(was: Side, is: Side): [parent: string, child: string][] {
  const found = new Map<string, [string, string]>();
  for (const row of was.members) {
    const then = is.member(row.name);
    if (!then) continue;
    const parent = is.serviceOf(then);
    for (const child of is.childrenOf(then)) {
      if (versionsOf(was.called(row, child)) === versionsOf(is.called(then, child))) continue;
      found.set(`${parent} ${child}`, [parent, child]);
    }
  }
  return [...found.values()];
}

function versionsOf(rows: readonly Container[]): string {
  return [...new Set(rows.map(({ version, digest }) => `${version} ${digest}`))].sort().join(', ');
}

/** Whether some way down the tree is one of neither state, where each link may lead where it did or where it is to. */
function mixes(was: Side, is: Side): boolean {
  const known = new Set([...waysDown(was, was), ...waysDown(is, is)]);
  return waysDown(was, is).some((way) => !known.has(way));
}

/** The ways from the first services down, by versions, where what holds of one side may hold of the other. */
function waysDown(one: Side, other: Side): string[] {
  const ways: string[] = [];
  const follow = (name: string, above: string, passed: readonly string[]): void => {
    const rows = [one, other].flatMap((side) => {
      const row = side.member(name);
      return row ? [[side, row] as const] : [];
    });
    const [first] = rows;
    if (!first) return;
    const [side, row] = first;
    if (passed.includes(side.serviceOf(row))) return;
    const way = `${above} > ${side.serviceOf(row)} ${row.version} ${row.digest}`;
    ways.push(way);
    const below = rows.flatMap(([at, own]) => at.childrenOf(own).flatMap((child) => at.called(own, child)));
    for (const callee of new Set(below.map((container) => container.name))) {
      follow(callee, way, [...passed, side.serviceOf(row)]);
    }
  };
  for (const name of new Set([...one.roots, ...other.roots].map((row) => row.name))) follow(name, '', []);
  return ways;
}
