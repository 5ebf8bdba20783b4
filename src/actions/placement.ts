import type { Host } from '../model/environment.ts';
import { containersOn } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/**
 * Chooses a host for each of `count` new stacks of a service: hosts without a stack of it, those with room for
 * `height` more containers first, then those with the fewest containers, ties by name.
 */
export function placeStacks(
  state: State,
  hosts: readonly Host[],
  { service, count, height }: { service: string; count: number; height: number },
): Outcome<readonly Host[]> {
  const used = new Set(state.stacks.filter((stack) => stack.service === service).map((stack) => stack.host));
  const candidates = hosts
    .filter((host) => !used.has(host.name))
    .map((host) => ({ host, containers: containersOn(state, host.name).length }))
    .map((candidate) => ({
      ...candidate,
      full: isFull(candidate.host, candidate.containers + height) ? 1 : 0,
    }))
    .sort((a, b) => a.full - b.full || a.containers - b.containers || (a.host.name < b.host.name ? -1 : 1));
  if (candidates.length < count) {
    const fact = `${count} stacks need ${count} hosts without a stack of it, and hosts.yml has ${candidates.length}`;
    return refused(refusal('stack-hosts', service, fact, 'add hosts to hosts.yml, or ask for fewer stacks'));
  }
  return proposed(candidates.slice(0, count).map((candidate) => candidate.host));
}

function isFull(host: Host, containers: number): boolean {
  return host.maxContainers !== null && containers > host.maxContainers;
}
