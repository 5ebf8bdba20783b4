import { createHash } from 'node:crypto';
import { canonicalText } from '../model/canonical.ts';
import { ownersOf } from '../model/lookup.ts';
import type { ServiceSettings } from '../model/settings.ts';
import type { Container, Service, State } from '../model/state.ts';

/** All that is needed to create a container, to find it again, and to tell it from a foreign one of the same name. */
export type ContainerSpec = {
  readonly name: string;
  readonly service: string;
  readonly stack: string;
  /** Its position when it was planned; a pop may move it later without touching it. */
  readonly position: number;
  readonly version: string;
  readonly digest: string;
  /** What the engine is told to run: `repository@sha256:…`, or the image id where nothing is pulled. */
  readonly image: string;
  readonly hostPort: number;
  /** Where it reaches the services it calls, by their names. */
  readonly links: Container['links'];
  readonly settings: ServiceSettings;
};

export function specOf(state: State, container: Container): ContainerSpec {
  const { service } = ownersOf(state, container);
  const { name, stack, position, version, digest, hostPort, links } = container;
  const image = imageReference(service, digest);
  return {
    name,
    service: service.name,
    stack,
    position,
    version,
    digest,
    image,
    hostPort,
    links,
    settings: service.settings,
  };
}

/** The pinned reference of a service's image, so that a tag which moves cannot change what runs. */
function imageReference(service: Service, digest: string): string {
  return service.pull === 'never' ? digest : `${service.image}@${digest}`;
}

/**
 * Identifies what a container was created from. The position is left out, because a pop changes it. A container with
 * our name and this hash is the one we meant, even when the answer to its creation was lost.
 */
export function specHash(spec: ContainerSpec): string {
  const known = hashes.get(spec) ?? hashOf(spec);
  hashes.set(spec, known);
  return known;
}

/** A specification never changes, and is asked for at each look at its container. */
const hashes = new WeakMap<ContainerSpec, string>();

function hashOf(spec: ContainerSpec): string {
  const { links, ...rest } = spec;
  // Containers of before there were links are known by what they were hashed of.
  const linked = Object.keys(links).length === 0 ? {} : { links };
  const lasting = canonicalText({ ...rest, ...linked, position: null });
  return createHash('sha256').update(lasting).digest('hex').slice(0, 16);
}
