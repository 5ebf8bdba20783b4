import type { Environment, Host } from '../model/environment.ts';
import { stacksOf } from '../model/lookup.ts';
import { hasLabel, wantedLabels } from '../model/placement.ts';
import { runningOn, standingOn } from '../model/retention.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

export type Placement = {
  readonly service: string;
  readonly count: number;
  /** How many containers each stack will have. */
  readonly height: number;
};

/**
 * Chooses a host for each of `count` new stacks of a service: hosts that take new stacks, have none of this service
 * and all the labels it requires; those with room first, then those with more of the labels it prefers, then those
 * with the fewest containers, ties by name.
 */
export function placeStacks(
  state: State,
  { hosts, rules }: Pick<Environment, 'hosts' | 'rules'>,
  { service, count, height }: Placement,
): Outcome<readonly Host[]> {
  if (!isCount(count)) return noCount(service, count);
  const { required, preferred } = wantedLabels(rules, service);
  const candidates = hostsFor(state, { hosts, rules }, service)
    .map((host) => {
      const containers = runningOn(state, host.name).length;
      const ports = standingOn(state, host.name).length;
      const lacking = preferred.filter((label) => !hasLabel(host, label)).length;
      return { host, containers, lacking, full: isFull(host, containers + height, ports + height) ? 1 : 0 };
    })
    .sort(
      (a, b) =>
        a.full - b.full ||
        a.lacking - b.lacking ||
        a.containers - b.containers ||
        (a.host.name < b.host.name ? -1 : 1),
    );
  if (candidates.length >= count) return proposed(candidates.slice(0, count).map(({ host }) => host));
  const labels =
    required.length === 0 ? '' : `${count === 1 ? ' that has' : ' that have'} ${required.join(' and ')}`;
  const more = stacksOf(state, service).length === 0 ? '' : ' more';
  const stacks = count === 1 ? `one${more} stack needs a host` : `${count}${more} stacks need ${count} hosts`;
  const remedy = `add a host to hosts.yml${required.length === 0 ? '' : ', or give one the labels'}`;
  const fact = `${stacks} without a stack of it${labels}, and ${candidates.length} can take one`;
  return refused(refusal('stack-hosts', service, fact, remedy));
}

/** The hosts on which another stack of a service may be placed at all, however full they are. */
export function hostsFor(
  state: State,
  { hosts, rules }: Pick<Environment, 'hosts' | 'rules'>,
  service: string,
): Host[] {
  const used = new Set(stacksOf(state, service).map((stack) => stack.host));
  const { required } = wantedLabels(rules, service);
  return hosts
    .filter((host) => host.placement && !used.has(host.name))
    .filter((host) => required.every((label) => hasLabel(host, label)));
}

/** Whether a number of stacks can be asked for at all. */
export function isCount(stacks: number): boolean {
  return Number.isInteger(stacks) && stacks >= 0;
}

export function noCount(service: string, stacks: number): ReturnType<typeof refused> {
  return refused(
    refusal('service-stacks', service, `it cannot have ${stacks} stacks`, 'give a whole number'),
  );
}

function isFull(host: Host, containers: number, ports: number): boolean {
  return (
    ports > host.ports.to - host.ports.from + 1 ||
    (host.maxContainers !== null && containers > host.maxContainers)
  );
}
