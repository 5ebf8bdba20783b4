import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import type { EngineConnection, EngineTransport } from '../model/connection.ts';
import { HostError, UserError } from '../model/errors.ts';
import { noticingLostAnswers } from './lostAnswers.ts';
import { whyUnreadable } from './ownFiles.ts';
import { openTunnel } from './tunnel.ts';

/** A Docker engine that can be called. */
export type Engine = {
  readonly name: string;
  /** Where the ports its containers publish are reached. */
  readonly address: string;
  readonly docker: Docker;
  readonly close: () => void;
};

/** Prepares the way to an engine. Only ssh opens a connection here; the others connect with the first call. */
export async function connectEngine(connection: EngineConnection): Promise<Engine> {
  // docker-modem lets DOCKER_HOST and its kin override what it is told explicitly.
  for (const name of Object.keys(process.env).filter(
    (key) => key.startsWith('DOCKER_') && key !== 'DOCKER_CONFIG',
  )) {
    Reflect.deleteProperty(process.env, name);
  }
  const { name, address, transport } = connection;
  if (transport.kind !== 'ssh') {
    return { name, address, docker: new Docker(options(name, transport)), close: () => undefined };
  }
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-'));
  const socketPath = join(directory, 'docker.sock');
  const stop = await openTunnel(name, transport, socketPath).catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const close = (): void => {
    stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { name, address, docker: new Docker(options(name, { kind: 'unix', socket: socketPath })), close };
}

/** The package takes an agent, too, which its types do not know. */
type Options = Docker.DockerOptions & { readonly agent: PlainAgent };

function options(name: string, transport: Exclude<EngineTransport, { kind: 'ssh' }>): Options {
  switch (transport.kind) {
    case 'unix':
      return { socketPath: transport.socket, agent: plainAgent(name) };
    case 'plain':
      return { protocol: 'http', host: transport.host, port: transport.port, agent: plainAgent(name) };
    case 'tls': {
      const { host, port } = transport;
      return { protocol: 'https', host, port, agent: secureAgent(name, transport) };
    }
  }
}

function plainAgent(name: string): PlainAgent {
  return prepared(name, new PlainAgent({ keepAlive: true }));
}

/** docker-modem inspects its options to any depth at each call, which takes 15 ms with a whole agent in them. */
function prepared<T extends PlainAgent>(name: string, agent: T): T {
  return noticingLostAnswers(Object.assign(agent, { [inspect.custom]: () => `agent of ${name}` }));
}

/** Keeps an engine's connections, and reads the certificates once and not for each of them (3 ms). */
function secureAgent(name: string, transport: Extract<EngineTransport, { kind: 'tls' }>): Agent {
  const [ca, cert, key] = [transport.ca, transport.cert, transport.key].map((path) =>
    readCertificate(name, path),
  );
  return prepared(name, new Agent({ keepAlive: true, secureContext: usable(name, { ca, cert, key }) }));
}

/** Certificates and key as a connection takes them; those that are none are a `UserError`. */
export function usable(host: string, certificates: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(certificates);
  } catch (error) {
    throw new UserError(`host ${host}: its certificate files cannot be used: ${(error as Error).message}`);
  }
}

function readCertificate(host: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`host ${host}: its certificate file ${path} cannot be read: ${whyUnreadable(error)}`);
  }
}

/** Wraps whatever went wrong on an engine into an error that says which host and while doing what. */
export function onEngine(engine: Engine, doing: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof HostError) throw error;
    throw new HostError(engine.name, doing, new Error(readable(error), { cause: error }));
  };
}

/**
 * The same where an engine was only asked something. What it refuses to say tells nothing of what it was told to do before:
 * a creation may still be under way when a look at its container is refused.
 */
export function onQuestion(engine: Engine, doing: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof HostError) throw error;
    throw new HostError(engine.name, doing, new Error(readable(error)));
  };
}

/**
 * docker-modem's `(HTTP code 404) no such container - …` and Node's codes, in words for an operator. An answer that is no engine's has no
 * words: it is empty, or JSON of another form, which docker-modem turns into `[object Object]`.
 */
function readable(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [isAnswer, code, said = ''] = /^\(HTTP code (\d+)\) [^-]*- (.*)$/s.exec(message) ?? [];
  if (isAnswer !== undefined)
    return said.trim().replace('[object Object]', '') || `it answers HTTP ${code ?? ''}`;
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOENT|ETIMEDOUT/.test(message))
    return `the engine does not answer (${message})`;
  return message;
}

/** Why something was not asked of an engine, or not done by it, in words of ours: the cause of a HostError. */
export class NotDone extends Error {
  override name = 'NotDone';
}

/**
 * Whether it is known that an engine did not do what a step wanted: it was not asked, or has answered so. Silence, a cut
 * connection, and a status by which a proxy says that it heard nothing leave open what became of it.
 */
export function wasRefused(error: unknown): boolean {
  if (error instanceof UserError || error instanceof NotDone) return true;
  const status = statusOf(error);
  if (status !== null) return ![502, 503, 504].includes(status);
  return error instanceof Error && error.cause !== undefined && wasRefused(error.cause);
}

/**
 * Whether an engine says that what it was asked cannot be, so that it is not doing it for anybody who asked before either. A failure of
 * its own (5xx) says nothing of that.
 */
export function isRuledOut(error: unknown): boolean {
  if (error instanceof UserError || error instanceof NotDone) return true;
  const status = statusOf(error);
  if (status !== null) return status < 500;
  return error instanceof Error && error.cause !== undefined && isRuledOut(error.cause);
}

/** The HTTP status of the engine's refusal, or null where there was no answer at all. */
export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}
