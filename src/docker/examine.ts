import { connect } from 'node:tls';
import { execa } from 'execa';
import { statfsSync } from 'node:fs';
import type { EngineConnection, EngineTransport } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import type { ClockDifference, Space, Validity } from '../model/examined.ts';
import { within } from './deadline.ts';
import { onEngine, usable, type Engine } from './engine.ts';
import { readOwnFile } from './ownFiles.ts';

/** Seconds for one question. */
const askDeadline = 10;

/** What `doctor` asks of an engine. */
export type ExaminedEngine = {
  readonly id: string;
  readonly version: string;
  readonly liveRestore: boolean;
  /** Where images and containers are kept, on the host. */
  readonly root: string;
  readonly clock: ClockDifference;
  /** Free space there, as far as the engine says it: only some storage drivers do. */
  readonly space: Space | null;
};

type Info = {
  readonly ID: string;
  readonly ServerVersion: string;
  readonly LiveRestoreEnabled?: boolean;
  readonly DockerRootDir?: string;
  readonly SystemTime?: string;
  readonly DriverStatus?: readonly (readonly [string, string])[] | null;
};

export async function examineEngine(engine: Engine): Promise<ExaminedEngine> {
  // The package takes options here, which its types do not know.
  const { docker } = engine as unknown as {
    docker: { info: (options: { abortSignal: AbortSignal }) => Promise<Info> };
  };
  const ask = (signal: AbortSignal): Promise<Info> => docker.info({ abortSignal: signal });
  // The first question also connects; the second one tells the time without that.
  await within(askDeadline, null, ask).catch(onEngine(engine, 'asking the engine'));
  const asked = Date.now();
  const info = await within(askDeadline, null, ask).catch(onEngine(engine, 'asking the engine'));
  const took = Date.now() - asked;
  const time = Date.parse(info.SystemTime ?? '');
  if (Number.isNaN(time)) throw new HostError(engine.name, 'asking the engine', 'it does not say the time');
  return {
    id: info.ID,
    version: info.ServerVersion,
    liveRestore: info.LiveRestoreEnabled === true,
    root: info.DockerRootDir ?? '',
    clock: { ahead: time - (asked + took / 2), uncertainty: took },
    space: spaceOfDriver(info.DriverStatus ?? []),
  };
}

/** What devicemapper tells as `Data Space Available: 94.1GB`. Others, as overlay2, tell nothing. */
export function spaceOfDriver(status: readonly (readonly [string, string])[]): Space | null {
  const value = (name: string): number => {
    const match = /^([\d.]+) ?([kMGTP]?)i?B$/.exec(status.find(([key]) => key === name)?.[1] ?? '');
    return Number(match?.[1]) * 1000 ** ' kMGTP'.indexOf(match?.[2] === '' ? ' ' : (match?.[2] ?? ' '));
  };
  const [free, total] = [value('Data Space Available'), value('Data Space Total')];
  return Number.isNaN(free) || Number.isNaN(total) ? null : { free, total };
}

/**
 * The free space below a directory of a host, where there is a way to ask: this machine's own, or by ssh. Over TCP the Engine API does
 * not tell it, and `doctor` starts no container to find out.
 */
export async function spaceOnHost(
  { name, transport }: EngineConnection,
  root: string,
): Promise<Space | null> {
  if (transport.kind === 'unix') {
    const { bavail, blocks, bsize } = statfsSync(root);
    return { free: bavail * bsize, total: blocks * bsize };
  }
  return transport.kind === 'ssh' && /^\/[A-Za-z0-9_./@+-]*$/.test(root)
    ? spaceBySsh(name, transport, root)
    : null;
}

async function spaceBySsh(
  host: string,
  { destination, port }: Extract<EngineTransport, { kind: 'ssh' }>,
  root: string,
): Promise<Space> {
  const options = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=10'];
  const words = [
    ...options,
    ...(port === null ? [] : ['-p', String(port)]),
    '--',
    destination,
    `df -Pk ${root}`,
  ];
  const result = await execa('ssh', words, { reject: false, timeout: 20_000, stdin: 'ignore' });
  const match = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s+\S+\s*$/.exec(result.stdout);
  if (result.failed || !match) {
    const fact = result.stderr.trim() || 'df does not say how much is free';
    throw new HostError(host, `asking for the free space below ${root}`, fact);
  }
  return { total: Number(match[1]) * 1024, free: Number(match[2]) * 1024 };
}

/** When the certificate that a host's engine shows is valid. A file of ours that is missing or none is a `UserError`. */
export async function serverValidity(
  host: string,
  transport: Extract<EngineTransport, { kind: 'tls' }>,
): Promise<Validity> {
  const [ca, cert, key] = [transport.ca, transport.cert, transport.key].map(readOwnFile);
  const secureContext = usable(host, { ca, cert, key });
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(new HostError(host, 'reading its certificate', cause));
    };
    // What has expired is to be told with its date, and not refused; nothing is sent on this connection.
    const options = { host: transport.host, port: transport.port, secureContext, rejectUnauthorized: false };
    const socket = connect(options, () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
      socket.end();
      resolve({ from: Date.parse(from), to: Date.parse(to) });
    });
    socket.setTimeout(askDeadline * 1000, () => {
      fail(`no answer within ${askDeadline} s`);
    });
    socket.on('error', fail);
  });
}
