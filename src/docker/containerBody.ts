import { readFileSync } from 'node:fs';
import type { ContainerCreateOptions } from 'dockerode';
import { UserError } from '../model/errors.ts';
import { specHash, type ContainerSpec } from '../plan/spec.ts';

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
} as const;

/** What `baseline` takes away from the engine's default capabilities (shared/reliability.md, security defaults). */
const droppedCapabilities = ['NET_RAW', 'MKNOD', 'AUDIT_WRITE', 'SYS_CHROOT', 'SETFCAP'];

/** The body of POST /containers/create for a container under the `baseline` profile. */
export function containerBody(spec: ContainerSpec, origin: Origin): ContainerCreateOptions {
  const { settings } = spec;
  const port = `${settings.containerPort}/tcp`;
  return {
    name: spec.name,
    Hostname: spec.name,
    Image: spec.image,
    ...(settings.command === null ? {} : { Cmd: [...settings.command] }),
    Env: environmentOf(spec),
    Labels: labelsOf(spec, origin),
    ExposedPorts: { [port]: {} },
    HostConfig: {
      PortBindings: { [port]: [{ HostPort: String(spec.hostPort) }] },
      // `no` and `unless-stopped` containers stay down after a killed engine; `always` come back [tried].
      RestartPolicy: { Name: 'always' },
      ...(settings.memory === null ? {} : { Memory: settings.memory, MemorySwap: settings.memory }),
      ...(settings.cpus === null ? {} : { NanoCpus: Math.round(settings.cpus * 1e9) }),
      PidsLimit: settings.pids,
      CapDrop: droppedCapabilities,
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
  };
}

function labelsOf(spec: ContainerSpec, origin: Origin): Record<string, string> {
  return {
    [label.environment]: origin.environment,
    [label.operation]: String(origin.operation),
    [label.step]: String(origin.step),
    [label.spec]: specHash(spec),
    [label.service]: spec.service,
    [label.stack]: spec.stack,
    [label.position]: String(spec.position),
    [label.version]: spec.version,
    [label.digest]: spec.digest,
  };
}

/** The variables of the env files in their order, then those given one by one, which win. */
function environmentOf(spec: ContainerSpec): string[] {
  const fromFiles = spec.settings.envFiles.flatMap((path) =>
    parseEnvFile(path, readOwnFile(path).toString('utf8')),
  );
  const variables = new Map([...fromFiles, ...Object.entries(spec.settings.env)]);
  return [...variables].map(([name, value]) => `${name}=${value}`);
}

/** Parses NAME=value lines; blank lines and lines that begin with # are passed over. Messages never show a value. */
export function parseEnvFile(path: string, text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match?.[1] === undefined) throw new UserError(`${path}:${index + 1}: this line is not NAME=value`);
    return [[match[1], match[2] ?? '']];
  });
}

/** Reads a file of the person who runs cmanage; a missing one is their mistake and not a bug. */
export function readOwnFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
