import { inspectImage } from '../docker/images.ts';
import { resolveDigest } from '../docker/registry.ts';
import { HostError } from '../model/errors.ts';
import { containerNamed, ownersOf } from '../model/lookup.ts';
import { retainedNamed } from '../model/retention.ts';
import type { Container, State } from '../model/state.ts';
import { specOf } from '../plan/spec.ts';
import type { Session } from './session.ts';

/**
 * Looks whether the images of all new containers are still to be had: on their hosts, or else by their digests in the
 * registry. What ran once may be gone from both, and that is to be known before anything begins. The registry is asked
 * only for what a host lacks, so that it need not even be there when the hosts have everything.
 */
export async function lookForImages(session: Session, before: State, next: State): Promise<void> {
  const added = next.containers.filter(
    ({ name }) => !containerNamed(before, name) && !retainedNamed(before, name),
  );
  const wanted = new Map(
    added.map((row) => [`${ownersOf(next, row).stack.host} ${specOf(next, row).image}`, row]),
  );
  await Promise.all([...wanted.values()].map((container) => lookForImage(session, next, container)));
}

async function lookForImage(session: Session, next: State, container: Container): Promise<void> {
  const { stack, service } = ownersOf(next, container);
  const { image } = specOf(next, container);
  const found = await inspectImage(await session.engineOf(stack.host), image, null);
  if (found !== null) return;
  const doing = `looking for ${service.name} ${container.version} (${image})`;
  if (service.pull === 'never') {
    throw new HostError(stack.host, doing, 'it is not on this host, and it is never pulled');
  }
  await resolveDigest(service.image, container.digest, session.config.connection.registries).catch(
    (error: unknown) => {
      if (!(error instanceof HostError)) throw error;
      throw new HostError(
        stack.host,
        doing,
        `it is not on this host, and cannot be pulled: ${error.message}`,
      );
    },
  );
}
