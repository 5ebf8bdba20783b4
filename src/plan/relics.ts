import type { ServiceSettings } from '../model/settings.ts';
import type { Link } from '../model/traffic.ts';

/** A container with a label of cmanage, as its engine describes it: what is left of a state whose database is lost. */
export type Relic = {
  readonly host: string;
  /** What it is called now, and the name it was made under. */
  readonly name: string;
  readonly madeAs: string;
  /** As the engine says: `running`, `exited`, `created`, … */
  readonly status: string;
  /** Whether it comes up again by itself; it does not after an intended stop. */
  readonly comesBack: boolean;
  /** When it stopped, in milliseconds since 1970 (UTC); null where it runs. */
  readonly stoppedAt: number | null;
  readonly labels: RelicLabels;
  /** What the engine was told to run: `repository@sha256:…`, or an image's id. */
  readonly image: string;
  /** A repository that the image is of, by its tags; null where none is known. */
  readonly tagged: string | null;
  readonly hostPort: number | null;
  /** The container's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** From its labels; null where an earlier cmanage made it. Values of variables are those in `env`. */
  readonly settings: ServiceSettings | null;
  readonly links: Readonly<Record<string, Link>> | null;
};

export type RelicLabels = {
  readonly environment: string;
  readonly service: string;
  readonly stack: string;
  readonly version: string;
  readonly digest: string;
  /** The hash of the specification it was made from, which proves what is thought of it. */
  readonly spec: string;
  readonly operation: number;
};

/** The number at the end of a name such as `webapp-stack1-app4`; 0 where there is none. */
export function numberOf(name: string): number {
  return Number(/(\d{1,9})$/.exec(name)?.[1] ?? 0);
}
