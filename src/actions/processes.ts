import type { Environment, Facts } from '../model/environment.ts';
import { containersOf, endpointsOf, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { createService, type CreateService } from './createService.ts';
import { createStack } from './createStack.ts';
import { deleteEndpoint, deleteService, deleteStack } from './deletions.ts';
import { noSuchService } from './missing.ts';
import { placeStacks } from './placement.ts';
import { pop } from './pop.ts';
import { pushOnStack } from './pushOnStack.ts';
import { sequence } from './sequence.ts';

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
  const hosts = placeStacks(created.value, environment.hosts, request);
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
  if (!serviceNamed(state, service)) return noSuchService(service);
  const pushes = stacksOf(state, service).flatMap((stack) =>
    versions.map((version) => (next: State) => {
      const host = environment.hosts.find((candidate) => candidate.name === stack.host);
      if (host) return pushOnStack(next, { stack: stack.name, version, host }, facts);
      const remedy = `put ${stack.host} back into hosts.yml`;
      return refused(refusal('host-known', stack.name, `its host ${stack.host} is not in hosts.yml`, remedy));
    }),
  );
  return sequence(proposed(state), pushes);
}

/** Pops a position of every stack of a service, or of its first stack alone. */
export function popService(
  state: State,
  { service, position, single }: { service: string; position: number; single: boolean },
): Outcome {
  if (!serviceNamed(state, service)) return noSuchService(service);
  const stacks = stacksOf(state, service).slice(0, single ? 1 : undefined);
  return sequence(
    proposed(state),
    stacks.map((stack) => (next: State) => pop(next, { stack: stack.name, position })),
  );
}

/** Removes a service; with `cascade`, its endpoints and stacks first. Without it, a service in use is refused. */
export function removeService(
  state: State,
  { service, cascade }: { service: string; cascade: boolean },
): Outcome {
  const endpoints = cascade ? endpointsOf(state, service) : [];
  const stacks = cascade ? stacksOf(state, service) : [];
  return sequence(proposed(state), [
    ...endpoints.map((endpoint) => (next: State) => deleteEndpoint(next, endpoint.name)),
    ...stacks.map((stack) => (next: State) => deleteStack(next, stack.name)),
    (next) => deleteService(next, service),
  ]);
}

/** Removes all containers of a service; its stacks stay, empty, so that the service can be built up again. */
export function removeContainers(state: State, service: string): Outcome {
  if (!serviceNamed(state, service)) return noSuchService(service);
  const pops = stacksOf(state, service).flatMap((stack) =>
    containersOf(state, stack.name).map(() => (next: State) => pop(next, { stack: stack.name, position: 0 })),
  );
  return sequence(proposed(state), pops);
}

/** Fills up a list of versions with its last one, up to the least height a stack may have (thesis, section on stacks). */
export function padVersions(versions: readonly string[], height: number): string[] {
  const last = versions.at(-1);
  if (last === undefined) return [];
  return [...versions, ...Array<string>(Math.max(0, height - versions.length)).fill(last)];
}
