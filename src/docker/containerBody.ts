import type { ContainerCreateOptions } from 'dockerode';
import { linkVariable } from '../model/links.ts';
import type { ServiceSettings } from '../model/settings.ts';
import { profileOf, type Profile } from '../model/profile.ts';
import { specHash, type ContainerSpec } from '../plan/spec.ts';
import { variablesOf } from './ownFiles.ts';

/** Whose container it is: on its labels, so that it is known again. No label ever holds a secret. */
export type Origin = { readonly environment: string; readonly operation: number; readonly step: number };

export const label = {
  environment: 'cmanage.environment',
  operation: 'cmanage.operation',
  step: 'cmanage.step',
  spec: 'cmanage.spec',
  service: 'cmanage.service',
  stack: 'cmanage.stack',
  position: 'cmanage.position',
  version: 'cmanage.version',
  digest: 'cmanage.digest',
  /** What a lost state database is rebuilt from; a container that lacks them does its work all the same. */
  settings: 'cmanage.settings',
  links: 'cmanage.links',
} as const;

/** What `baseline` takes away from the engine's default capabilities (shared/reliability.md, security defaults). */
const droppedCapabilities = ['NET_RAW', 'MKNOD', 'AUDIT_WRITE', 'SYS_CHROOT', 'SETFCAP'];

/** Where secret files are put. */
export const secretsDirectory = '/run/secrets';

/** The body of POST /containers/create. */
export function containerBody(spec: ContainerSpec, origin: Origin): ContainerCreateOptions {
  const { settings } = spec;
  const port = `${settings.containerPort}/tcp`;
  return {
    name: spec.name,
    Hostname: spec.name,
    Image: spec.image,
    ...(settings.command === null ? {} : { Cmd: [...settings.command] }),
    ...(settings.user === undefined ? {} : { User: settings.user }),
    ...(needsVolume(spec) ? { Volumes: { [secretsDirectory]: {} } } : {}),
    Env: [...linkVariables(spec), ...variablesOf(spec.settings)],
    Labels: labelsOf(spec, origin),
    ExposedPorts: { [port]: {} },
    HostConfig: { PortBindings: { [port]: [{ HostPort: String(spec.hostPort) }] }, ...limitsOf(spec) },
  };
}

/** A file system that is read-only takes no file from us either; a volume of the container's own does, and goes with it. */
export function needsVolume({ settings }: ContainerSpec): boolean {
  return profileOf(settings) === 'strict' && settings.secretFiles.length > 0;
}

/** What each profile adds to what holds for all (docs/security.md). */
const confinement: Readonly<Record<Profile, object>> = {
  engine: {},
  baseline: { CapDrop: droppedCapabilities, SecurityOpt: ['no-new-privileges'] },
  strict: {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,nosuid,nodev,noexec,size=64m' },
  },
};

/** How a container is limited and confined. */
export function limitsOf({ settings }: ContainerSpec) {
  return {
    // `no` and `unless-stopped` containers stay down after a killed engine; `always` come back [tried].
    RestartPolicy: { Name: 'always' },
    ...(settings.memory === null ? {} : { Memory: settings.memory, MemorySwap: settings.memory }),
    ...(settings.cpus === null ? {} : { NanoCpus: Math.round(settings.cpus * 1e9) }),
    PidsLimit: settings.pids,
    Privileged: false,
    ...confinement[profileOf(settings)],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
  };
}

/** Where each service that it calls is reached. What the service's own settings say of the same name wins. */
function linkVariables({ links }: ContainerSpec): string[] {
  return Object.entries(links).flatMap(([child, { host, port, mode }]) => {
    const name = linkVariable(child);
    return [`${name}_HOST=${host}`, `${name}_PORT=${port}`, `${name}_URL=${mode}://${host}:${port}`];
  });
}

function labelsOf(spec: ContainerSpec, origin: Origin): Record<string, string> {
  return {
    [label.environment]: origin.environment,
    [label.operation]: String(origin.operation),
    [label.step]: String(origin.step),
    [label.position]: String(spec.position),
    [label.settings]: JSON.stringify(withoutValues(spec.settings)),
    [label.links]: JSON.stringify(spec.links),
    ...lastingLabels(spec),
  };
}

/** The names of variables are enough: their values are in the container's environment, and in no label. */
function withoutValues(settings: ServiceSettings): object {
  const names = Object.keys(settings.env).map((name): [string, null] => [name, null]);
  return { ...settings, env: Object.fromEntries(names) };
}

/** The labels that say what a container is; its position may change, and who made it does not matter. */
export function lastingLabels(spec: ContainerSpec): Record<string, string> {
  return {
    [label.spec]: specHash(spec),
    [label.service]: spec.service,
    [label.stack]: spec.stack,
    [label.version]: spec.version,
    [label.digest]: spec.digest,
  };
}
