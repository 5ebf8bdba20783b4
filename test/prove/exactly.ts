import { check } from '../../src/constraints/check.ts';
import type { State } from '../../src/model/state.ts';
import { diff } from '../../src/plan/diff.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { perform, type Command } from './command.ts';
import { environmentOf, type House } from './house.ts';
import { textOfAnswer, wishesOf } from './naiveGoals.ts';
import { factsAfter } from './registry.ts';
import { beginningOf } from './walkPlan.ts';

/**
 * What a search for the shortest way is compared with: every state that commands lead to, with the very versions, walked
 * breadth-first. Nothing of src/goal is used: no moves, no bound, no keys, no judgement, no reading of a goal.
 */
export type Visited = {
  readonly state: State;
  /** What all stages answer with, as one text (naiveGoals.ts). */
  readonly answer: string;
  /** Where one command leads, without re-pointing anything, and where re-pointing does. */
  readonly nexts: () => { readonly still: readonly Visited[]; readonly repointed: readonly Visited[] };
};

/** Which commands the walk knows, and how far it goes. */
export type Walk = {
  readonly house: House;
  readonly service: string;
  /** All versions that may be released. */
  readonly versions: readonly string[];
  readonly maxHeight: number;
};

/** A start of a walk. What was seen once by the same walk is not judged again. */
export function walkerOf(walk: Walk): (state: State) => Visited {
  const known = new Map<string, Visited>();
  const visit = (state: State): Visited => {
    const text = textOf(state);
    const old = known.get(text);
    if (old) return old;
    const { service, house } = walk;
    const answer = textOfAnswer(wishesOf(state, service, house), house);
    let nexts: ReturnType<Visited['nexts']> | undefined;
    const leadingFrom = (commands: readonly Command[]): readonly Visited[] => [
      ...new Set(allowedFrom(state, commands, house).map(visit)),
    ];
    const visited = {
      state,
      answer,
      nexts: () =>
        (nexts ??= {
          still: leadingFrom(commandsOf(state, walk)),
          repointed: leadingFrom(branchings(state, walk)),
        }),
    };
    known.set(text, visited);
    return visited;
  };
  return visit;
}

/** Every state that one allowed command leads to: as a change is judged, by its end and by each step of its plan. */
function allowedFrom(before: State, commands: readonly Command[], house: House): State[] {
  const environment = environmentOf(house);
  return commands.flatMap((command) => {
    const outcome = perform(before, command, environment, factsAfter(0));
    if (!outcome.ok) return [];
    const next = outcome.value;
    if (check(before, next, environment).some(({ level }) => level === 'error')) return [];
    const { configs: live } = beginningOf(before, environment);
    const plan = diff(before, next, { environment, live, commit: true });
    const onTheWay = checkEveryStep(before, next, plan, environment);
    return onTheWay.some(({ level }) => level === 'error') ? [] : [next];
  });
}

/** Every command that changes the containers of a service, with every argument that makes sense. */
function commandsOf(state: State, { service, versions, maxHeight }: Walk): Command[] {
  const stacks = state.stacks.filter((stack) => stack.service === service).map(({ name }) => name);
  const rows = state.containers.filter(({ stack }) => stacks.includes(stack));
  const height = heightIn(state, service);
  const commands = positionsIn(state, service).flatMap((position): Command[] => [
    { do: 'pop', service, position, single: false },
    { do: 'pop', service, position, single: true },
    { do: 'replace', service, position, direction: 'up' },
    { do: 'replace', service, position, direction: 'down' },
  ]);
  // Of versions that go down somewhere it is known that they are refused; a tag without a number has no order.
  const number = (version: string): number => Number(version.replace(/\D/g, '')) || Infinity;
  const highest = Math.max(0, ...rows.map(({ version }) => number(version)).filter(Number.isFinite));
  let lists: string[][] = [[]];
  for (let length = 1; length <= maxHeight - height; length++) {
    lists = lists.flatMap((list) =>
      versions
        .filter(
          (version) => number(version) >= Math.max(highest, ...list.map(number).filter(Number.isFinite)),
        )
        .map((version) => [...list, version]),
    );
    commands.push(...lists.map((list): Command => ({ do: 'release', service, versions: list })));
  }
  return commands;
}

function heightIn({ stacks, containers }: State, service: string): number {
  const own = stacks.filter((stack) => stack.service === service).map(({ name }) => name);
  return Math.max(0, ...containers.filter((row) => own.includes(row.stack)).map((row) => row.position + 1));
}

function positionsIn(state: State, service: string): number[] {
  return Array.from({ length: heightIn(state, service) }, (_, position) => position);
}

/** Every command that points an endpoint, or a relation, at a position of a service. */
function branchings(state: State, { service }: Walk): Command[] {
  const positions = positionsIn(state, service);
  const commands: Command[] = [];
  for (const endpoint of state.endpoints) {
    const to = { do: 'changetree', endpoint: endpoint.name } as const;
    if (endpoint.service === service) {
      for (const position of positions) commands.push({ ...to, child: null, parent: null, position });
    }
    for (const edge of state.edges) {
      if (edge.endpoint !== endpoint.name || edge.child !== service) continue;
      for (const position of [null, ...positions]) {
        commands.push({ ...to, child: service, parent: null, position });
        commands.push({ ...to, child: service, parent: edge.parent, position });
      }
    }
  }
  return commands;
}

/** A state by its rows, without the names, ports and counters of its containers. */
function textOf({ services, stacks, containers, endpoints, edges }: State): string {
  const columns = stacks.map((stack) => {
    const rows = containers.filter((row) => row.stack === stack.name).sort((a, b) => a.position - b.position);
    const cells = rows.map((row) => `${row.version} ${row.digest} ${Object.keys(row.links).sort().join()}`);
    return `${stack.name}@${stack.host}: ${cells.join('|')}`;
  });
  const fronts = endpoints.map(({ name, stage, pointer }) => `${name} ${stage} ${pointer}`);
  const relations = edges.map(({ endpoint, parent, child, position }) =>
    [endpoint, parent, child, position].join(' '),
  );
  return [services.map(({ name }) => name), columns, fronts, relations]
    .map((list) => [...list].sort().join('; '))
    .join('\n');
}
