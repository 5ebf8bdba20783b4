import type { Environment, Facts } from '../model/environment.ts';
import { containersOf, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { createService, type CreateService } from './createService.ts';
import { createStack } from './createStack.ts';
import { hostOfStack } from './hostOfStack.ts';
import { noSuchService, stacksToChange } from './missing.ts';
import { placeStacks } from './placement.ts';
import { pop } from './pop.ts';
import { pushOnStack } from './pushOnStack.ts';
import { sequence } from './sequence.ts';
import { refusePopBelowWeights } from './weights.ts';

/** The processes: what one command asks for, as a sequence of actions over the state. */

/** Adds a service with `stacks` twin stacks of `versions`, spread over different hosts. */
export function addService(
  state: State,
  { stacks, versions, ...service }: CreateService & { stacks: number; versions: readonly string[] },
  environment: Environment,
  facts: Facts,
): Outcome {
  const created = createService(state, service);
  if (!created.ok) return created;
  const request = { service: service.name, count: stacks, height: versions.length };
  const hosts = placeStacks(created.value, environment, request);
  if (!hosts.ok) return hosts;
  const actions = hosts.value.map(
    (host) => (next: State) => createStack(next, { service: service.name, host, versions }, facts),
  );
  return sequence(created, actions);
}

/** Pushes versions on top of every stack of a service. No endpoint's traffic changes until a pop promotes them. */
export function release(
  state: State,
  { service, versions }: { service: string; versions: readonly string[] },
  environment: Environment,
  facts: Facts,
): Outcome {
  const stacks = stacksToChange(state, service);
  if (!stacks.ok) return stacks;
  const pushes = stacks.value.flatMap((stack) =>
    versions.map((version) => (next: State) => {
      const host = hostOfStack(stack, environment);
      return host.ok ? pushOnStack(next, { stack: stack.name, version, host: host.value }, facts) : host;
    }),
  );
  return sequence(proposed(state), pushes);
}

/** Pops a position of every stack of a service, or of its first stack alone. */
export function popService(
  state: State,
  { service, position, single }: { service: string; position: number; single: boolean },
): Outcome {
  const stacks = stacksToChange(state, service);
  if (!stacks.ok) return stacks;
  return sequence(
    refusePopBelowWeights(state, service, position),
    stacks.value
      .slice(0, single ? 1 : undefined)
      .map((stack) => (next: State) => pop(next, { stack: stack.name, position })),
  );
}

/** Removes all containers of a service, retained ones too; its stacks stay, empty, so that the service can be built up again. */
export function removeContainers(state: State, service: string): Outcome {
  if (!serviceNamed(state, service)) return noSuchService(state, service);
  const pops = stacksOf(state, service).flatMap((stack) =>
    containersOf(state, stack.name).map(() => (next: State) => pop(next, { stack: stack.name, position: 0 })),
  );
  const stacks = new Set(stacksOf(state, service).map(({ name }) => name));
  const retained = state.retained.filter(({ stack }) => !stacks.has(stack));
  return sequence(proposed({ ...state, retained }), pops);
}

/** Fills up a list of versions with its last one, up to the least height a stack may have (thesis, section on stacks). */
export function padVersions(versions: readonly string[], height: number): string[] {
  const last = versions.at(-1);
  if (last === undefined) return [];
  return [...versions, ...Array<string>(Math.max(0, height - versions.length)).fill(last)];
}
