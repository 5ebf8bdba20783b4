import { imageOf, type Facts, type Host } from '../model/environment.ts';
import { containersOf, stackNamed } from '../model/lookup.ts';
import { containerName } from '../model/names.ts';
import { standingOn } from '../model/retention.ts';
import type { Container, State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchStack } from './missing.ts';

export type PushOnStack = { readonly stack: string; readonly version: string; readonly host: Host };

/** Puts a container of a version on top of a stack, with the next name, a free port of the host and the pinned digest. */
export function pushOnStack(state: State, { stack, version, host }: PushOnStack, facts: Facts): Outcome {
  const row = stackNamed(state, stack);
  if (!row) return noSuchStack(state, stack);
  const image = imageOf(facts, version, host.name);
  if (!image) {
    const name = containerName(stack, row.nextContainer);
    const remedy = `push the image to its registry, or load it on ${host.name}, and try again`;
    return refused(
      refusal('container-version', name, `the image of version ${version} is not on ${host.name}`, remedy),
    );
  }
  const { digest, created } = image;
  return addContainer(state, { stack, host, bits: { version, digest, created } });
}

/** What a container runs. */
export type Bits = Pick<Container, 'version' | 'digest' | 'created'>;

/** Puts a container of known bits on top of a stack. */
export function addContainer(
  state: State,
  { stack, host, bits }: { readonly stack: string; readonly host: Host; readonly bits: Bits },
): Outcome {
  const row = stackNamed(state, stack);
  if (!row) return noSuchStack(state, stack);
  const hostPort = freePort(state, host);
  if (hostPort === null) {
    const range = `${host.ports.from}-${host.ports.to}`;
    return refused(
      refusal('ports', host.name, `all of its ports ${range} are in use`, 'widen its ports in hosts.yml'),
    );
  }
  const name = containerName(stack, row.nextContainer);
  const { version, digest, created } = bits;
  const position = containersOf(state, stack).length;
  return proposed({
    ...state,
    stacks: state.stacks.map((other) =>
      other === row ? { ...row, nextContainer: row.nextContainer + 1 } : other,
    ),
    containers: [
      ...state.containers,
      { name, stack, position, version, digest, created, hostPort, links: {} },
    ],
  });
}

/** The lowest port of the host's range that no container has, retained or not; or null. */
function freePort(state: State, host: Host): number | null {
  const taken = new Set(standingOn(state, host.name).map((container) => container.hostPort));
  for (let port = host.ports.from; port <= host.ports.to; port++) {
    if (!taken.has(port)) return port;
  }
  return null;
}
