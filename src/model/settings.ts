import type { Profile } from './profile.ts';

/** How the containers of a service are run. The same for every version, so that a promotion changes no setting. */
export type ServiceSettings = {
  /** The TCP port the application listens on inside the container. */
  readonly containerPort: number;
  readonly health: HealthSettings;
  readonly env: Readonly<Record<string, string>>;
  /** Files with NAME=value lines, read when a container is created; only their paths are ever stored. */
  readonly envFiles: readonly string[];
  /** Files put into each container as /run/secrets/NAME; only their paths are ever stored. */
  readonly secretFiles: readonly SecretFile[];
  /** Replaces the image's command; null keeps it. */
  readonly command: readonly string[] | null;
  /** Bytes; null sets no limit. */
  readonly memory: number | null;
  /** CPUs, for example 0.5; null sets no limit. */
  readonly cpus: number | null;
  /** The most processes and threads at once. */
  readonly pids: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** How they are confined; without it as `baseline`, so that containers of before there were profiles keep their hash. */
  readonly profile?: Profile;
  /** The user and group in the container, as numbers; without it, those of the image. */
  readonly user?: string;
};

export type SecretFile = { readonly name: string; readonly path: string };

/** How a new container is judged healthy where its image has no HEALTHCHECK of its own. */
export type HealthSettings = {
  /** An HTTP path that must answer 2xx or 3xx; null is a TCP connection that stays open. */
  readonly path: string | null;
  /** Milliseconds between two probes. */
  readonly interval: number;
  /** Consecutive good answers that make it healthy. */
  readonly successes: number;
  /** How often the container may be restarted by the engine before it counts as failed. */
  readonly retries: number;
  /** Seconds after the start by which the container must be healthy. */
  readonly deadline: number;
};

export const defaultHealth: HealthSettings = {
  path: null,
  interval: 250,
  successes: 1,
  retries: 2,
  deadline: 60,
};

export const defaultSettings: ServiceSettings = {
  containerPort: 80,
  health: defaultHealth,
  env: {},
  envFiles: [],
  secretFiles: [],
  command: null,
  memory: null,
  cpus: null,
  pids: 512,
  stopGrace: 10,
};
