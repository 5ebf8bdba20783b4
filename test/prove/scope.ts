import type { State } from '../../src/model/state.ts';
import type { House } from './house.ts';

/** How far a search goes: it applies every command to every state within these bounds, also commands that lead out. */
export type Bounds = {
  readonly services: number;
  /** Stacks of each service, containers of each stack, and different versions of each service. */
  readonly stacks: number;
  readonly height: number;
  readonly versions: number;
  /** Endpoints in all. */
  readonly endpoints: number;
  /** Relations in all trees together. */
  readonly edges: number;
};

export type Scope = {
  readonly name: string;
  /** What it is there for, in one sentence. */
  readonly because: string;
  readonly house: House;
  readonly bounds: Bounds;
  /** The canonical texts of the states it begins with; that of the empty state is ''. */
  readonly from: readonly string[];
  /** Whether tags move in the registry between two commands, so that a version may have two digests. */
  readonly tagsMove: boolean;
  /** Commands that only this scope asks for: two versions at once, tags without order. */
  readonly tags: readonly string[];
};

/** Whether a state is one that the search goes on from. */
export function isWithin({ bounds }: Scope, state: State): boolean {
  if (state.services.length > bounds.services) return false;
  if (state.endpoints.length > bounds.endpoints || state.edges.length > bounds.edges) return false;
  // Each endpoint has a port of its own, so that ports need not be told apart.
  if (new Set(state.endpoints.map(({ port }) => port)).size < state.endpoints.length) return false;
  return state.services.every(({ name }) => {
    const stacks = state.stacks.filter((stack) => stack.service === name);
    if (stacks.length > bounds.stacks) return false;
    const owned = new Set(stacks.map((stack) => stack.name));
    const containers = state.containers.filter((row) => owned.has(row.stack));
    const versions = new Set(containers.map(({ version }) => version));
    return versions.size <= bounds.versions && containers.every(({ position }) => position < bounds.height);
  });
}
