import { get } from 'node:http';
import { connect } from 'node:net';
import type { ContainerInspectInfo } from 'dockerode';
import { HostError } from '../model/errors.ts';
import type { ContainerSpec } from '../plan/spec.ts';
import { inspect, keepRunning, lastLines } from './containers.ts';
import { expiring, pause } from './deadline.ts';
import type { Engine } from './engine.ts';

/** Milliseconds a probe waits for its answer. */
const probeTimeout = 2000;
/**
 * Milliseconds a TCP connection must stay open, beyond two round trips: docker-proxy accepts at once, and closes as soon
 * as it has found, on its own host, that nobody listens behind it.
 */
const settleTime = 30;
/** Seconds for a look at the container that was begun before its deadline. */
const lastLook = 1;
/** Probes that may fail one after the other while a container is watched; HAProxy's own checks allow as many (`fall`). */
const failuresInARow = 2;
/** The least milliseconds between two looks at a container that is watched. */
const leastPause = 500;

/**
 * Waits until a started container is healthy: by its image's HEALTHCHECK where it has one, else by the HTTP path or
 * the TCP connection its service asks for. Then the world is compared with the plan: it runs, and the port it
 * publishes is the planned one, which a successful start alone does not prove [tried].
 */
export async function waitHealthy(engine: Engine, spec: ContainerSpec, outer: AbortSignal): Promise<string> {
  const { health } = spec.settings;
  const deadline = performance.now() + health.deadline * 1000;
  // An engine that says nothing has no more time than its container, but one look.
  const late = expiring(health.deadline + lastLook);
  const limit = AbortSignal.any([outer, late]);
  let good = 0;
  let problem = 'it has not answered yet';
  let [first, restarts] = [NaN, 0];
  for (let delay = 20; ; delay = Math.min(delay * 2, health.interval)) {
    const container = await inspect(engine, spec.name, limit).catch((error: unknown) => {
      if (late.aborted && !outer.aborted) return undefined;
      throw error;
    });
    if (container === undefined) {
      problem = 'the engine does not answer any more';
      break;
    }
    first = Number.isNaN(first) ? (container?.RestartCount ?? 0) : first;
    restarts = (container?.RestartCount ?? 0) - first;
    await failWhenHopeless(engine, spec, container, restarts);
    problem = (await problemOf(engine, spec, container)) ?? '';
    good = problem === '' ? good + 1 : 0;
    if (container && good >= health.successes) return settle(engine, spec, container, outer);
    if (performance.now() > deadline) break;
    await pause(delay, outer);
  }
  // A slow engine may not restart it often enough in that time to be called hopeless.
  const exits = restarts > 0 ? `; it exits, restarted ${restarts} times` : '';
  return fail(engine, spec, 'waiting for', `not healthy after ${health.deadline} s: ${problem}${exits}`);
}

/**
 * Watches a container that is healthy, for some seconds; ends with an error as soon as it was restarted, or does not answer
 * as it should several times in a row.
 */
export async function watchHealth(
  engine: Engine,
  spec: ContainerSpec,
  seconds: number,
  outer: AbortSignal,
): Promise<string> {
  const end = performance.now() + seconds * 1000;
  const delay = Math.max(leastPause, spec.settings.health.interval);
  let restarts: number | undefined;
  for (let bad = 0; ;) {
    const container = await inspect(engine, spec.name, outer);
    restarts ??= container?.RestartCount;
    const again = (container?.RestartCount ?? 0) - (restarts ?? 0);
    if (again > 0) await fail(engine, spec, 'watching', 'it has exited, and was restarted');
    const problem = await problemOf(engine, spec, container);
    bad = problem === null ? 0 : bad + 1;
    if (bad > failuresInARow) await fail(engine, spec, 'watching', `not healthy any more: ${problem ?? ''}`);
    const left = end - performance.now();
    if (left <= 0 && bad === 0) return `healthy for ${seconds} s`;
    await pause(bad > 0 ? delay : Math.min(delay, left), outer);
  }
}

async function failWhenHopeless(
  engine: Engine,
  spec: ContainerSpec,
  container: ContainerInspectInfo | null,
  restarts: number,
): Promise<void> {
  if (container === null) return fail(engine, spec, 'waiting for', 'it is gone');
  const { State: state } = container;
  if (state.Status === 'exited' || state.Status === 'dead' || restarts > spec.settings.health.retries) {
    await fail(engine, spec, 'waiting for', `it exits (code ${state.ExitCode}, restarted ${restarts} times)`);
  }
}

/** Why the container is not healthy now, or null where it is. */
export async function problemOf(
  engine: Engine,
  spec: ContainerSpec,
  container: ContainerInspectInfo | null,
): Promise<string | null> {
  const state = container?.State;
  if (!state?.Running || state.Restarting) return `it is ${state?.Status ?? 'gone'}`;
  const own = (state as { Health?: { Status: string } }).Health?.Status;
  if (own !== undefined && own !== 'none') return own === 'healthy' ? null : `its HEALTHCHECK says ${own}`;
  const { path } = spec.settings.health;
  return path === null
    ? probeTcp(engine.address, spec.hostPort)
    : probeHttp(engine.address, spec.hostPort, path);
}

async function settle(
  engine: Engine,
  spec: ContainerSpec,
  container: ContainerInspectInfo,
  outer: AbortSignal,
): Promise<string> {
  const published = container.NetworkSettings.Ports[`${spec.settings.containerPort}/tcp`] as
    { HostPort: string }[] | undefined;
  if (!published?.some((binding) => binding.HostPort === String(spec.hostPort))) {
    const fact = `it does not publish port ${spec.hostPort}, though its start succeeded`;
    await fail(engine, spec, 'waiting for', fact);
  }
  if (container.HostConfig.RestartPolicy?.Name !== 'always') await keepRunning(engine, spec.name, outer);
  return `healthy on ${engine.address}:${spec.hostPort}`;
}

type Doing = 'waiting for' | 'watching';

async function fail(engine: Engine, spec: ContainerSpec, doing: Doing, fact: string): Promise<never> {
  const lines = await lastLines(engine, spec.name);
  throw new HostError(
    engine.name,
    `${doing} ${spec.name} (${spec.version})`,
    lines === '' ? fact : `${fact}; its last lines: ${lines}`,
  );
}

function probeHttp(host: string, port: number, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: probeTimeout }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400 ? null : `GET ${path} answers ${status}`);
      request.destroy();
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${probeTimeout / 1000} s`)));
    request.on('error', (error) => {
      resolve(`GET ${path}: ${error.message}`);
    });
  });
}

function probeTcp(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect({ host, port, timeout: probeTimeout });
    const end = (problem: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    let timer: NodeJS.Timeout | undefined;
    socket.on('connect', () => {
      timer = setTimeout(end, settleTime + 2 * (performance.now() - started), null);
    });
    socket.on('timeout', () => {
      end('the port does not answer');
    });
    socket.on('error', (error) => {
      end(`the port does not answer (${error.message})`);
    });
    socket.on('close', () => {
      end('the port closes at once: nobody listens inside the container');
    });
  });
}
