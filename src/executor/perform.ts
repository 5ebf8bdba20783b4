import type { StateChange } from '../model/change.ts';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { checkConfig, putInPlace, reload, waitDrained } from '../haproxy/balancer.ts';
import { judgeCanary } from '../haproxy/canary.ts';
import { setLink, waitLinkDrained } from '../haproxy/links.ts';
import {
  addServer,
  drainServer,
  readyServer,
  removeServer,
  setWeight,
  waitServerDrained,
} from '../haproxy/runtime.ts';
import type { Origin } from '../docker/containerBody.ts';
import { createContainer, removeContainer, startContainer, stopContainer } from '../docker/containers.ts';
import type { Credentials } from '../docker/credentials.ts';
import { pause } from '../docker/deadline.ts';
import type { Engine } from '../docker/engine.ts';
import { waitHealthy, watchHealth } from '../docker/health.ts';
import { removeOrphan, renameContainer } from '../docker/strays.ts';
import { engineId } from '../docker/hosts.ts';
import { pullImage } from '../docker/images.ts';
import type { Draining, Step } from '../plan/step.ts';

/** Everything a step may need from the outside, prepared beforehand. */
export type Tools = {
  readonly engineOf: (host: string) => Engine;
  readonly balancerOf: (name: string) => BalancerConnection;
  readonly credentialsOf: (image: string) => Promise<Credentials | null>;
  readonly environment: string;
  /** Remembers an engine's id at first sight, and returns the one remembered. */
  readonly pinHost: (host: string, engineId: string) => Promise<string>;
  readonly commit: (change: StateChange) => Promise<void>;
};

/** Does the one effect of a step, and says in a few words how it went. The one switch of the executor; no decisions. */
export async function perform(
  step: Step,
  operation: number,
  tools: Tools,
  signal: AbortSignal,
): Promise<string> {
  const origin: Origin = { environment: tools.environment, operation, step: step.seq };
  switch (step.kind) {
    case 'check_host':
      return checkHost(step.host, tools, signal);
    case 'check_config':
      await checkConfig(tools.balancerOf(step.host), step.config, step.previous);
      return 'valid';
    case 'pull_image':
      return pullImage(tools.engineOf(step.host), step.image, await tools.credentialsOf(step.image), signal);
    case 'create_container':
      return createContainer(tools.engineOf(step.host), step.spec, origin, signal);
    case 'start_container':
      await startContainer(tools.engineOf(step.host), step.spec, signal);
      return 'started';
    case 'wait_healthy':
      return waitHealthy(tools.engineOf(step.host), step.spec, signal);
    case 'watch_health':
      return watchHealth(tools.engineOf(step.host), step.spec, step.seconds, signal);
    case 'pause':
      await pause(step.seconds * 1000, signal);
      return `${step.seconds} s have passed`;
    case 'add_server':
      return addServer(tools.balancerOf(step.host), step.backend, step.server, step);
    case 'drain_server':
      return drainServer(tools.balancerOf(step.host), step.backend, step.server.name, step.sticky);
    case 'ready_server':
      return readyServer(tools.balancerOf(step.host), step.backend, step.server, { sticky: step.sticky });
    case 'remove_server':
      return removeServer(tools.balancerOf(step.host), step.backend, step.server.name, step.limit);
    case 'set_weight':
      return setWeight(tools.balancerOf(step.host), step.backend, step.server.name, step.server.weight);
    case 'set_map':
      return setLink(tools.balancerOf(step.host), step.map, step.port, step.backend);
    case 'wait_drained':
      return waitFor(tools.balancerOf(step.host), step.of, step.limit);
    case 'judge_canary':
      return judgeCanary(tools.balancerOf(step.host), step, signal);
    case 'write_config':
      return putInPlace(tools.balancerOf(step.host), step.config, step.links);
    case 'reload':
      return reload(tools.balancerOf(step.host), step.config);
    case 'stop_container': {
      const { spec, grace } = step;
      const stopped = await stopContainer(tools.engineOf(step.host), spec, grace, tools.environment);
      return stopped ? 'stopped' : 'was not there';
    }
    case 'remove_container':
      await removeContainer(tools.engineOf(step.host), step.spec, tools.environment);
      return 'removed';
    case 'rename_container':
      return renameContainer(tools.engineOf(step.host), step.spec, step, tools.environment);
    case 'remove_orphan':
      return removeOrphan(tools.engineOf(step.host), step, tools.environment);
    case 'commit_state':
      await tools.commit(step.change);
      return 'recorded';
  }
}

function waitFor(balancer: BalancerConnection, of: Draining | null, limit: number): Promise<string> {
  if (of === null) return waitDrained(balancer, limit);
  return 'server' in of
    ? waitServerDrained(balancer, of.backend, of.server, limit)
    : waitLinkDrained(balancer, of.port, of.backend, limit);
}

async function checkHost(host: string, tools: Tools, signal: AbortSignal): Promise<string> {
  const found = await engineId(tools.engineOf(host), signal);
  const known = await tools.pinHost(host, found);
  if (known === found) return 'answers';
  const fact = `engine ${found} answers, and it was ${known} before: it is another machine, or was installed anew`;
  const remedy = `if that is right, say so by 'cmanage forgethost ${host}'`;
  throw new HostError(host, 'asking the engine', `${fact}; ${remedy}`);
}
