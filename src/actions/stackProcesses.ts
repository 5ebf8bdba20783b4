import type { Environment } from '../model/environment.ts';
import { heightOf } from '../model/lookup.ts';
import type { Stack, State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { createTwin } from './createStack.ts';
import { deleteStack } from './deletions.ts';
import { stacksToChange } from './missing.ts';
import { hostsFor, isCount, noCount, placeStacks } from './placement.ts';
import { replace, type Direction } from './replace.ts';
import { sequence } from './sequence.ts';

/** The processes that change whole stacks, or one position of all of them. */

/** Gives every stack of a service the version of a neighbour at a position. */
export function replaceService(
  state: State,
  { service, ...change }: { service: string; position: number; direction: Direction },
  environment: Environment,
): Outcome {
  const stacks = stacksToChange(state, service);
  if (!stacks.ok) return stacks;
  return sequence(
    proposed(state),
    stacks.value.map(
      (stack) => (next: State) => replace(next, { stack: stack.name, ...change }, environment),
    ),
  );
}

/** Brings a service to a number of stacks: twins of the first one on hosts that have none, or the last ones go. */
export function scaleService(
  state: State,
  { service, stacks: wanted }: { service: string; stacks: number },
  environment: Environment,
): Outcome {
  const found = stacksToChange(state, service);
  if (!found.ok) return found;
  const stacks = found.value;
  const [twin] = stacks;
  if (!isCount(wanted)) return noCount(service, wanted);
  const leaving = stacks.slice(wanted).map((stack) => (next: State) => deleteStack(next, stack.name));
  if (!twin || wanted <= stacks.length) return sequence(proposed(state), leaving);
  return addTwins(state, twin, wanted - stacks.length, environment);
}

function addTwins(state: State, twin: Stack, count: number, environment: Environment): Outcome {
  const { service } = twin;
  const hosts = placeStacks(state, environment, { service, count, height: heightOf(state, service) });
  if (!hosts.ok) return hosts;
  return sequence(
    proposed(state),
    hosts.value.map((host) => (next: State) => createTwin(next, { twin: twin.name, host })),
  );
}

/** Moves every stack away from a host: a twin of each on another host first, then the stack itself goes. */
export function drainHost(state: State, name: string, environment: Environment): Outcome {
  const others = { ...environment, hosts: environment.hosts.filter((host) => host.name !== name) };
  // Those with the least choice choose first.
  const choices = ({ service }: Stack): number => hostsFor(state, others, service).length;
  const leaving = state.stacks
    .filter((stack) => stack.host === name)
    .sort((a, b) => choices(a) - choices(b) || heightOf(state, b.service) - heightOf(state, a.service));
  return sequence(proposed(state), [
    ...leaving.map((stack) => (next: State) => addTwins(next, stack, 1, others)),
    ...leaving.map((stack) => (next: State) => deleteStack(next, stack.name)),
  ]);
}
