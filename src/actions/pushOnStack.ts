import { digestOf, type Facts, type Host } from '../model/environment.ts';
import { containersOf, containersOn, stackNamed } from '../model/lookup.ts';
import { containerName } from '../model/names.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchStack } from './missing.ts';

export type PushOnStack = { readonly stack: string; readonly version: string; readonly host: Host };

/** Puts a container of a version on top of a stack, with the next name, a free port of the host and the pinned digest. */
export function pushOnStack(state: State, { stack, version, host }: PushOnStack, facts: Facts): Outcome {
  const row = stackNamed(state, stack);
  if (!row) return noSuchStack(stack);
  const name = containerName(stack, row.nextContainer);
  const digest = digestOf(facts, version, host.name);
  if (digest === null) {
    const remedy = `push the image to its registry, or load it on ${host.name}, and try again`;
    return refused(
      refusal('container-version', name, `the image of version ${version} is not on ${host.name}`, remedy),
    );
  }
  const hostPort = freePort(state, host);
  if (hostPort === null) {
    const range = `${host.ports.from}-${host.ports.to}`;
    return refused(
      refusal('ports', host.name, `all of its ports ${range} are in use`, 'widen its ports in hosts.yml'),
    );
  }
  const container = { name, stack, position: containersOf(state, stack).length, version, digest, hostPort };
  return proposed({
    ...state,
    stacks: state.stacks.map((other) =>
      other === row ? { ...row, nextContainer: row.nextContainer + 1 } : other,
    ),
    containers: [...state.containers, container],
  });
}

/** The lowest port of the host's range that no container has, or null. */
function freePort(state: State, host: Host): number | null {
  const taken = new Set(containersOn(state, host.name).map((container) => container.hostPort));
  for (let port = host.ports.from; port <= host.ports.to; port++) {
    if (!taken.has(port)) return port;
  }
  return null;
}
