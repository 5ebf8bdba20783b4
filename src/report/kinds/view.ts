import type { Connection } from '../../model/connection.ts';
import type { Environment } from '../../model/environment.ts';
import type { Container, Retained, State } from '../../model/state.ts';
import type { StatusOf } from '../inventory.ts';
import type { Tone } from '../kind.ts';

/** What the kinds of the state are shown from: the state, the configuration, and what else is known. */
export type View = {
  readonly state: State;
  readonly environment: Environment;
  readonly connection: Connection;
  /** The stages that have a column, of all of `environment.rules`. */
  readonly shownStages: readonly string[];
  readonly statusOf: StatusOf;
  /** Whether the hosts and load balancers were asked; otherwise nobody knows how they are. */
  readonly isLive: boolean;
  /** What the engines and load balancers that were asked have said, by their names. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** The last recorded operation on each service. */
  readonly changes: ReadonlyMap<string, LastChange>;
  /** What registries were heard to have, by image. */
  readonly upstream: ReadonlyMap<string, Upstream>;
  /** Whether they were asked now; otherwise it is what they said when they were asked last. */
  readonly isUpstreamAsked: boolean;
};

export type Answer = { readonly status: 'ok' | 'differs' | 'unreachable'; readonly fact: string | null };

/** When a service or what belongs to it was changed, and by what. */
export type LastChange = {
  readonly operation: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly command: string;
};

/** The tags of an image, and when its registry gave them (ISO 8601, UTC). */
export type Upstream = { readonly asked: string; readonly tags: readonly string[] };

/** What is typed where there is no service yet. */
export const addService = "'cmanage addservice NAME -i IMAGE -s STACKS -v VERSION...' adds one";

/** What a person is told where there is nothing of what services have, and what to type for it. */
export function noneOfServices({ state }: View, what: string, remedy: string): string {
  return state.services.length === 0
    ? `There is no ${what}, because there is no service yet: ${addService}.`
    : `There is no ${what}: ${remedy}.`;
}

/** How containers of some rows are, what is wrong first, for example `1 exited, 5 running`; null where there are none. */
export function statusesText(rows: readonly (Container | Retained)[], statusOf: StatusOf): string | null {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(statusOf(row), (counts.get(statusOf(row)) ?? 0) + 1);
  const ordered = [...counts].sort(([a], [b]) => Number(a === 'running') - Number(b === 'running'));
  return ordered.map(([status, count]) => `${count} ${status}`).join(', ') || null;
}

/** How a container's status strikes the eye. Of one that nobody looked at nothing is to be said. */
export function toneOfStatus(status: string): Tone | null {
  if (status === 'running') return 'good';
  return status === 'deployed' ? null : 'bad';
}

/** The worst of some tones. */
export function worst(tones: readonly (Tone | null)[]): Tone | null {
  const order: readonly (Tone | null)[] = ['bad', 'attention', 'good'];
  return order.find((tone) => tones.includes(tone)) ?? null;
}
