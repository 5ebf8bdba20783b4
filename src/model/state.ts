import type { Retention } from './retention.ts';
import type { Rolling } from './rolling.ts';
import type { ServiceSettings } from './settings.ts';
import type { EndpointOptions, Link, Mode, ServiceTraffic, Target } from './traffic.ts';

/**
 * The state of the environment: flat lists of plain rows. These types are also the rows of the database;
 * nothing converts between the two. Rows name each other by their names, which never change.
 */
export type State = {
  /** Goes up by one with every committed change; a commit succeeds only on the revision it was planned from. */
  readonly revision: number;
  readonly services: readonly Service[];
  readonly stacks: readonly Stack[];
  readonly containers: readonly Container[];
  readonly endpoints: readonly Endpoint[];
  readonly edges: readonly Edge[];
  readonly externals: readonly External[];
  readonly retained: readonly Retained[];
};

/** A named application: one image repository and how its containers are run. */
export type Service = {
  readonly name: string;
  /** Image repository without tag or digest, for example `registry.example/larhauga/webapp`. */
  readonly image: string;
  /** `registry`: pulled and pinned by digest. `never`: only on the hosts, pinned by image id. */
  readonly pull: PullPolicy;
  readonly settings: ServiceSettings;
  readonly traffic: ServiceTraffic;
  /** What becomes of containers that are popped; null removes them. */
  readonly retention: Retention | null;
  readonly rolling: Rolling;
  /** The number of the next stack; never goes back, so that a name is never given twice. */
  readonly nextStack: number;
};

export type PullPolicy = 'registry' | 'never';

/** An ordered list of containers of one service on one host. Position 0 is the oldest version. */
export type Stack = {
  readonly name: string;
  readonly service: string;
  readonly host: string;
  /** The number of the next container; never goes back. */
  readonly nextContainer: number;
};

/** One running instance, at one position of one stack. */
export type Container = {
  readonly name: string;
  readonly stack: string;
  readonly position: number;
  readonly version: string;
  /** `sha256:…`: the manifest's digest in the registry, or the image id where `pull` is `never`. */
  readonly digest: string;
  /** When its image was made (ISO 8601 in UTC with milliseconds, so that it sorts as text), looked up where the rules order versions by it; null where nobody asked. */
  readonly created: string | null;
  /** The port published on the stack's host, allocated by the model and never by the engine. */
  readonly hostPort: number;
  /** Where it reaches the services it calls, by their names; given when it is made, and never changed. */
  readonly links: Readonly<Record<string, Link>>;
};

/**
 * A container that was popped, or that a rollback took away, and is kept for a rollback: it still has its name, its host
 * port and its links, and is in no stack. Its position is the one it had.
 */
export type Retained = Container & {
  /** The revision of the state from which on it was kept, which orders it among others. */
  readonly since: number;
  /** When that was, in milliseconds since 1970 (UTC). */
  readonly retainedAt: number;
  /** Whether it runs on, or is stopped. */
  readonly warm: boolean;
};

/** The front door of a service at a stage. */
export type Endpoint = {
  readonly name: string;
  readonly service: string;
  readonly stage: string;
  /** The stack pointer: which position answers. */
  readonly pointer: number;
  /** The public TCP port on the load balancer. */
  readonly port: number;
  /** The public address; null is the load balancer's own. */
  readonly address: string | null;
  /** The host name by which requests are told apart on a shared port; null answers all the others. */
  readonly url: string | null;
  readonly options: EndpointOptions;
};

/** One relation of an endpoint's service tree: the parent service calls the child, a service or an external one. */
export type Edge = {
  readonly endpoint: string;
  readonly parent: string;
  readonly child: string;
  /** The position in the child's stacks; null follows the endpoint's pointer. */
  readonly position: number | null;
  /** Seconds that connections over the link may stay on the old way when it is re-mapped; null takes the load balancer's. */
  readonly drainLimit: number | null;
};

/** A service that runs elsewhere, such as a database: a leaf of trees with a target for each stage. */
export type External = {
  readonly name: string;
  readonly mode: Mode;
  readonly targets: readonly Target[];
  /** An HTTP path that answers 2xx or 3xx when it is healthy; null is a TCP connection. */
  readonly healthPath: string | null;
};

export const emptyState: State = {
  revision: 0,
  services: [],
  stacks: [],
  containers: [],
  endpoints: [],
  edges: [],
  externals: [],
  retained: [],
};
