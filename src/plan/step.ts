import type { StateChange } from '../model/change.ts';
import type { Server } from '../haproxy/routes.ts';
import type { FailurePolicy } from './failurePolicy.ts';
import type { ContainerSpec } from './spec.ts';
import type { OrphanAt, Renaming } from './strays.ts';
import type { Strategy } from './strategy.ts';

/**
 * Steps are data: one effect each, JSON-serialisable, each with its cause. A dry run prints exactly these, and apply
 * runs the same value. To add a kind: add it here, and the compiler names every switch that must learn it.
 */
export type Step =
  | (StepBase & { readonly kind: 'check_host' })
  | (StepBase & { readonly kind: 'check_config'; readonly config: string; readonly previous: string })
  | (StepBase & { readonly kind: 'pull_image'; readonly image: string })
  | (StepBase & { readonly kind: 'create_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'start_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'wait_healthy'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'watch_health'; readonly spec: ContainerSpec; readonly seconds: number })
  | (StepBase & { readonly kind: 'pause'; readonly seconds: number })
  | (StepBase &
      ServerAt & {
        readonly kind: 'add_server';
        /** Set where its container has failed: it gets nothing before HAProxy's checks find it well. */
        readonly down?: boolean;
      })
  | (StepBase & ServerAt & { readonly kind: 'drain_server' })
  | (StepBase & ServerAt & { readonly kind: 'ready_server' })
  | (StepBase & ServerAt & { readonly kind: 'remove_server' })
  | (StepBase & ServerAt & { readonly kind: 'set_weight'; readonly previous: number })
  | (StepBase & {
      readonly kind: 'set_map';
      /** The file of the map, as the configuration names it. */
      readonly map: string;
      readonly port: number;
      /** The backend the port leads to; null leads nowhere. */
      readonly backend: string | null;
      readonly previous: string | null;
      /** Seconds that connections may stay on this way once the link leads elsewhere. */
      readonly limit: number;
    })
  | (StepBase & {
      readonly kind: 'wait_drained';
      /** What is waited for; workers of an earlier configuration always are, and here nothing else. */
      readonly of: Draining | null;
      /** Seconds until what is left is cut. */
      readonly limit: number;
    })
  | (StepBase & {
      readonly kind: 'judge_canary';
      readonly backend: string;
      readonly servers: readonly string[];
      readonly limits: CanaryLimits;
    })
  | (StepBase & {
      readonly kind: 'write_config';
      readonly config: string;
      readonly previous: string;
      /**
       * The ports of links that lead somewhere only before or only after, of containers that stay. Those that the file does not have,
       * the running HAProxy must not have either; the links of containers that come or go it may.
       */
      readonly links?: readonly number[];
    })
  | (StepBase & {
      readonly kind: 'reload';
      readonly config: string;
      readonly previous: string;
      /** Seconds the old workers may take to finish their requests. */
      readonly limit: number;
    })
  | (StepBase & { readonly kind: 'stop_container'; readonly spec: ContainerSpec; readonly grace: number })
  | (StepBase & { readonly kind: 'remove_container'; readonly spec: ContainerSpec })
  | (StepBase & Renaming & { readonly kind: 'rename_container'; readonly spec: ContainerSpec })
  | (StepBase & OrphanAt & { readonly kind: 'remove_orphan' })
  | (StepBase & { readonly kind: 'commit_state'; readonly revision: number; readonly change: StateChange });

export type StepKind = Step['kind'];

/** A server of a backend of the running HAProxy. */
type ServerAt = {
  readonly backend: string;
  readonly server: Server;
  /** Whether clients stay at servers of this backend by a cookie. */
  readonly sticky: boolean;
  /** Seconds its requests and connections may take to end when it goes. */
  readonly limit: number;
};

/** What a canary must keep to while it is watched. */
export type CanaryLimits = {
  /** How long it is watched, in seconds. */
  readonly seconds: number;
  /** The highest share of its requests that may fail: answers of 500 and above, and connections that fail; 0 to 1. */
  readonly failures: number;
  /** The highest mean time to an answer, in milliseconds; null sets no limit. */
  readonly responseTime: number | null;
  /** Fewer requests than these prove nothing: it is then not trusted. */
  readonly requests: number;
};

/** Requests and connections that are waited for: those of a server, or those of a link that led to a backend. */
export type Draining =
  { readonly backend: string; readonly server: string } | { readonly backend: string; readonly port: number };

type StepBase = {
  /** Its number in the plan, from 1. */
  readonly seq: number;
  /** The steps that must be done before it; what is not ordered by this may run side by side. */
  readonly needs: readonly number[];
  /** The Docker host, load balancer or database it touches. */
  readonly host: string;
  /** The container, image or configuration it is about. */
  readonly object: string;
  readonly because: string;
};

export type Plan = {
  readonly steps: readonly Step[];
  /** Up to and including this step a failure undoes what was done; after it, traffic has moved and the plan goes forward. */
  readonly pivot: number;
  /** What it means that containers fail; where it is not there, each failure up to the pivot undoes what was done. */
  readonly onFailure?: FailurePolicy;
  /** How it was asked to go on after failures, where that is not the usual way. */
  readonly onError?: Exclude<Strategy, 'rollback'>;
};
