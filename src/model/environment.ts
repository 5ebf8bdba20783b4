import type { Rules } from './rules.ts';

/** A Docker host as hosts.yml describes it, as far as the pure core needs to know it. */
export type Host = {
  readonly name: string;
  /** Where load balancers and health probes reach the ports that containers publish. */
  readonly address: string;
  /** The ports the model may give to containers on this host, both ends included. */
  readonly ports: PortRange;
  /** The most containers of this environment on this host; null sets no limit. */
  readonly maxContainers: number | null;
  /** What it has or where it stands, for example `disk: ssd`; services may require or prefer labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether new stacks may be placed here; false keeps a host that is to go, or is drained, empty. */
  readonly placement: boolean;
};

/** A load balancer as hosts.yml describes it, as far as the pure core needs to know it. */
export type LoadBalancer = {
  readonly name: string;
  /** The public address endpoints bind when they name none; null binds all addresses. */
  readonly address: string | null;
  readonly statsSocket: string;
  /** The file that says which port of the links leads where; beside its configuration. */
  readonly linkMap: string;
  /** Seconds an old worker may take to finish its requests after a reload. */
  readonly drainLimit: number;
};

export type PortRange = { readonly from: number; readonly to: number };

/** The ports of the load balancers at which containers reach the services they call. */
export type LinkPorts = {
  /** The address containers call; null where there is no load balancer that has one. */
  readonly address: string | null;
  /** For services that are called by HTTP, and for all others. */
  readonly http: PortRange;
  readonly tcp: PortRange;
};

/** What the configuration says; the frame in which every state is judged. */
export type Environment = {
  readonly rules: Rules;
  readonly hosts: readonly Host[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly links: LinkPorts;
};

/** What was looked up before an action runs, so that the action itself asks nobody. */
export type Facts = {
  readonly images: readonly ImageFact[];
  /** The time, in milliseconds since 1970 (UTC). */
  readonly now: number;
};

/** The bits a tag stands for. */
export type ImageFact = {
  readonly version: string;
  /** Null for a registry's answer, or the one host whose local image was asked. */
  readonly host: string | null;
  readonly digest: string;
  /** When the image was made (ISO 8601, UTC); null where it was not asked for. */
  readonly created: string | null;
};

/** What is known of a version for a container on `host`; undefined where nobody knows it. */
export function imageOf(facts: Facts, version: string, host: string): ImageFact | undefined {
  return facts.images.find((image) => image.version === version && (image.host ?? host) === host);
}
