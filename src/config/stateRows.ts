import { z } from 'zod';
import {
  isAddress,
  isCertificatePath,
  isHost,
  isHostName,
  isLongName,
  isName,
  isRepository,
  isTag,
  nameRule,
} from '../model/names.ts';
import { isOrdinaryUser, profiles } from '../model/profile.ts';
import { failureActions, orders } from '../model/rolling.ts';
import { balances } from '../model/traffic.ts';

/**
 * The rows of a state as a file may give them. Whatever reaches an engine, HAProxy or a shell has passed the same rules as
 * what is typed.
 */

const checked = (holds: (text: string) => boolean, expected: string) => z.string().refine(holds, expected);
const name = checked(isName, `use ${nameRule}`);
const longName = checked(isLongName, 'use lower-case letters, digits and hyphens, at most 100');
const port = z.int().min(1).max(65_535);
const count = z
  .int()
  .min(0)
  .max(2 ** 31);
const counter = z
  .int()
  .min(1)
  .max(2 ** 31);
const position = z.int().min(0).max(10_000);
const seconds = z.int().min(0).max(604_800);
const drainLimit = z.int().min(0).max(3600).nullable();
const mode = z.enum(['http', 'tcp']);
const host = checked(isHost, 'give an IPv4 address or a host name');
const address = checked(isAddress, 'give an IPv4 address such as 192.0.2.11');
const tag = checked(isTag, 'give an image tag');
const healthPath = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/?=&%-]{0,199}$/, 'give a path such as /health')
  .nullable();
const file = checked((text) => text.startsWith('/') && !text.includes('\0'), 'give an absolute path');
const argument = checked((text) => !text.includes('\0'), 'it has a NUL character');

const settings = z.strictObject({
  containerPort: port,
  health: z.strictObject({
    path: healthPath,
    interval: z.int().min(1).max(3_600_000),
    successes: z.int().min(1).max(1000),
    retries: count,
    deadline: seconds,
  }),
  /** Null stands for a value that was left out of the file. */
  env: z.record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'give a name of letters, digits and _'),
    z
      .string()
      .regex(/^[^\0\r\n]*$/, 'it has a NUL character or a line break')
      .nullable(),
  ),
  envFiles: z.array(file),
  secretFiles: z.array(
    z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'give a name of letters, digits and . _ -'),
      path: file,
    }),
  ),
  command: z.array(argument).nullable(),
  memory: z
    .int()
    .min(6 * 1024 ** 2)
    .max(2 ** 50)
    .nullable(),
  cpus: z.number().min(0.01).max(10_000).nullable(),
  pids: z
    .int()
    .min(1)
    .max(2 ** 22),
  stopGrace: seconds,
  profile: z.enum(profiles).exactOptional(),
  user: checked(isOrdinaryUser, 'give numbers other than 0, such as 1000 or 1000:1000').exactOptional(),
});

export const serviceRow = z.strictObject({
  name,
  image: checked(isRepository, 'give an image repository without a tag'),
  pull: z.enum(['registry', 'never']),
  settings,
  traffic: z.strictObject({ mode, uses: z.array(name), drainLimit }),
  retention: z
    .strictObject({ by: z.enum(['count', 'seconds']), limit: counter, warm: z.boolean() })
    .nullable(),
  rolling: z.strictObject({
    parallelism: counter.nullable(),
    delay: seconds,
    order: z.enum(orders),
    onFailure: z.enum(failureActions),
    maxFailureRatio: z.number().min(0).max(1),
    monitor: seconds,
  }),
  nextStack: counter,
});

export const externalRow = z.strictObject({
  name,
  mode,
  targets: z.array(z.strictObject({ stage: name, host, port })),
  healthPath,
});

export const stackRow = z.strictObject({ name: longName, service: name, host: name, nextContainer: counter });

/** The name of a service, an external service or a host. */
export const nameOf = name;

export const linkRow = z.strictObject({ host: address, port, mode });

export const containerRow = z.strictObject({
  name: longName,
  stack: longName,
  position,
  version: tag,
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'give sha256: and 64 hexadecimal digits'),
  created: z.iso.datetime({ precision: 3 }).nullable(),
  hostPort: port,
  links: z.record(name, linkRow),
});

export const endpointRow = z.strictObject({
  name: longName,
  service: name,
  stage: name,
  pointer: position,
  port,
  address: address.nullable(),
  url: checked(isHostName, 'give a host name such as www.example.com').nullable(),
  options: z.strictObject({
    mode,
    weights: z.array(z.strictObject({ position, weight: z.int().min(0).max(256) })),
    certificate: checked(isCertificatePath, 'give an absolute path').nullable(),
    redirectFrom: port.nullable(),
    forwarded: z.boolean(),
    balance: z.enum(balances),
    sticky: z.boolean(),
    timeoutConnect: seconds,
    timeoutClient: seconds,
    timeoutServer: seconds,
    timeoutTunnel: seconds,
  }),
});

export const edgeRow = z.strictObject({
  endpoint: longName,
  parent: name,
  child: name,
  position: position.nullable(),
  drainLimit,
});

export const retainedRow = containerRow.extend({
  since: count,
  retainedAt: z.int().min(0),
  warm: z.boolean(),
});
