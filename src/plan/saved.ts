import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalText } from '../model/canonical.ts';
import type { ImageFact } from '../model/environment.ts';
import { differencesOf, type Part } from '../model/part.ts';
import { refusal, type Violation } from '../model/violation.ts';
import type { StackChange, TreeChange } from './preview.ts';
import type { Plan } from './step.ts';

/** The version of the file's format; a file of another one is not read. The format is described in docs/plans.md. */
export const savedPlanFormat = 1;

/** A plan with everything it rests on, as it lies in a file between `--out` and `cmanage apply`. */
export type SavedPlan = {
  readonly format: typeof savedPlanFormat;
  /** The id of the environment it was made for. */
  readonly environment: string;
  readonly command: string;
  /** ISO 8601, UTC; for people. */
  readonly madeAt: string;
  readonly madeBy: string;
  readonly reason: string | null;
  /** The service whose containers are deployed where the state does not change; null for every other plan. */
  readonly deployment: { readonly service: string | null } | null;
  readonly saw: Sight;
  readonly violations: readonly Violation[];
  readonly stacks: readonly StackChange[];
  readonly trees: readonly TreeChange[];
  readonly plan: Plan;
};

/** What a plan was made from. When it is run, all of this is looked at again. */
export type Sight = {
  /** The services it is about. */
  readonly services: readonly string[];
  readonly state: Part;
  /** The images that were looked up, with the repository each tag is in. */
  readonly images: readonly (ImageFact & { readonly image: string })[];
  /** The containers of these services on every host that has, or will have, one of their stacks. */
  readonly containers: readonly SeenContainer[];
  readonly configurations: readonly { readonly loadbalancer: string; readonly sha256: string }[];
};

export type SeenContainer = {
  readonly host: string;
  readonly name: string;
  /** The engine's own id: a container made again by hand under the same name is another one. */
  readonly id: string;
  readonly status: string;
};

export type SealedPlan = SavedPlan & { readonly seal: string };

/** Seals a plan with the key of its environment's database, so that one edited by hand is noticed. */
export function sealPlan(plan: SavedPlan, key: string): SealedPlan {
  return { ...plan, seal: sealOf(plan, key) };
}

export function isSealIntact({ seal, ...plan }: SealedPlan, key: string): boolean {
  const [given, right] = [Buffer.from(seal), Buffer.from(sealOf(plan, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}

function sealOf(plan: SavedPlan, key: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(canonicalText(plan)).digest('hex');
}

const again = 'make the plan again';

/** Everything that is no longer as the plan saw it. */
export function stalenessOf(saw: Sight, now: Sight): Violation[] {
  const stale = (object: string, fact: string): Violation => refusal('stale-plan', object, fact, again);
  return [
    ...differencesOf(saw.state, now.state).map((fact) =>
      stale('the state', `since the plan was made, ${fact}`),
    ),
    ...saw.images.flatMap((image) => {
      const { digest } = now.images.find((other) => keyOfImage(other) === keyOfImage(image)) ?? image;
      if (digest === image.digest) return [];
      return [
        stale(
          `${image.image}:${image.version}`,
          `the tag stands for ${digest} now, and the plan saw ${image.digest}`,
        ),
      ];
    }),
    ...containerChanges(saw.containers, now.containers).map(([host, fact]) => stale(host, fact)),
    ...saw.configurations.flatMap(({ loadbalancer, sha256 }) => {
      const current = now.configurations.find((other) => other.loadbalancer === loadbalancer)?.sha256;
      return current === sha256
        ? []
        : [stale(loadbalancer, 'its haproxy.cfg is not the one that the plan saw')];
    }),
  ];
}

function keyOfImage({ image, version, host }: Sight['images'][number]): string {
  return `${image}:${version} ${host ?? ''}`;
}

function containerChanges(saw: readonly SeenContainer[], now: readonly SeenContainer[]): [string, string][] {
  const key = ({ host, name }: SeenContainer): string => `${host} ${name}`;
  const [old, current] = [
    new Map(saw.map((row) => [key(row), row])),
    new Map(now.map((row) => [key(row), row])),
  ];
  return [
    ...saw.flatMap((row): [string, string][] => {
      const found = current.get(key(row));
      if (!found) return [[row.host, `container ${row.name} is gone`]];
      if (found.id !== row.id) return [[row.host, `container ${row.name} is another one of the same name`]];
      return found.status === row.status
        ? []
        : [[row.host, `container ${row.name} is ${found.status}, and was ${row.status}`]];
    }),
    ...now.flatMap((row): [string, string][] =>
      old.has(key(row)) ? [] : [[row.host, `container ${row.name} is new`]],
    ),
  ];
}
