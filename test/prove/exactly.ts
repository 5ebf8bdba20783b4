import type { State } from '../../src/model/state.ts';
import { argumentsOf, perform, type Command } from './command.ts';
import { environmentOf } from './house.ts';
import { judgeCase } from './judgeCase.ts';
import { wrongsOf, type Wrong } from './naive.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';
import type { Scope } from './scope.ts';

/** What a search for the shortest way is compared with: every state that commands lead to, with the very versions, walked breadth-first. */

export type Visited = { readonly state: State; readonly nexts: () => readonly Visited[] };

/** Which commands the walk knows, and how far it goes. */
export type Walk = {
  readonly scope: Scope;
  readonly service: string;
  /** All versions that may be released. */
  readonly versions: readonly string[];
  readonly repoints: boolean;
  readonly maxHeight: number;
  /** What became of each command in each state, for all walks of a scope. */
  readonly verdicts: Map<string, State | null>;
};

/** A start of a walk. What was seen once by the same walk is not judged again. */
export function walkerOf(walk: Walk): (state: State) => Visited {
  const known = new Map<string, Visited>();
  const visit = (state: State): Visited => {
    const text = textOf(state);
    const old = known.get(text);
    if (old) return old;
    let nexts: readonly Visited[] | undefined;
    const visited = { state, nexts: () => (nexts ??= allowedFrom(state, walk).map(visit)) };
    known.set(text, visited);
    return visited;
  };
  return visit;
}

/** Every state that one allowed command leads to. */
function allowedFrom(state: State, walk: Walk): State[] {
  const { scope, verdicts } = walk;
  const text = textOf(state);
  const wrongs = wrongsOf(state, scope.house);
  return commandsOf(state, walk).flatMap((command) => {
    const key = `${text}\n${argumentsOf(command).join(' ')}`;
    const known = verdicts.get(key);
    const next = known === undefined ? judged(state, command, scope, wrongs) : known;
    verdicts.set(key, next);
    return next ? [next] : [];
  });
}

function judged(before: State, command: Command, { house }: Scope, wrongs: readonly Wrong[]): State | null {
  const environment = environmentOf(house);
  const outcome = perform(before, command, environment, factsAfter(0));
  const court = { house, environment, wrongs, random: chance(1), isQuick: true };
  const { next, complaints } = judgeCase({ before, command, outcome }, court);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return next;
}

/** Every command that changes which version answers where, with every argument that makes sense. */
function commandsOf(state: State, { service, versions, repoints, maxHeight }: Walk): Command[] {
  const stacks = state.stacks.filter((stack) => stack.service === service).map(({ name }) => name);
  const rows = state.containers.filter(({ stack }) => stacks.includes(stack));
  const height = Math.max(0, ...rows.map(({ position }) => position + 1));
  const positions = Array.from({ length: height }, (_, position) => position);
  const commands: Command[] = [];
  for (const position of positions) {
    commands.push(
      { do: 'pop', service, position, single: false },
      { do: 'pop', service, position, single: true },
    );
    commands.push({ do: 'replace', service, position, direction: 'up' });
    commands.push({ do: 'replace', service, position, direction: 'down' });
  }
  const number = (version: string): number => Number(version.replace(/\D/g, ''));
  const highest = Math.max(0, ...rows.map(({ version }) => number(version)));
  // Of versions that go down somewhere it is known that they are refused: all of these have an order.
  let lists: string[][] = [[]];
  for (let length = 1; length <= maxHeight - height; length++) {
    lists = lists.flatMap((list) =>
      versions
        .filter((version) => number(version) >= number(list.at(-1) ?? `v${highest}`))
        .map((version) => [...list, version]),
    );
    commands.push(...lists.map((list): Command => ({ do: 'release', service, versions: list })));
  }
  return repoints ? [...commands, ...branchings(state, service, positions)] : commands;
}

function branchings(state: State, service: string, positions: readonly number[]): Command[] {
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
