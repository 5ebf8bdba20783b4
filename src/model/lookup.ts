import { UserError } from './errors.ts';
import { indexOf } from './stateIndex.ts';
import type { Container, Endpoint, External, Service, Stack, State } from './state.ts';
import type { Target } from './traffic.ts';

/** Look-ups in a state. All answers are in a stable order, so that plans and reports are too. */

export function serviceNamed(state: State, name: string): Service | undefined {
  return indexOf(state).services.get(name);
}

export function stackNamed(state: State, name: string): Stack | undefined {
  return indexOf(state).stacks.get(name);
}

export function containerNamed(state: State, name: string): Container | undefined {
  return indexOf(state).containers.get(name);
}

/** The stacks of a service, oldest first. */
export function stacksOf(state: State, service: string): readonly Stack[] {
  return indexOf(state).stacksByService.get(service) ?? [];
}

export function externalNamed(state: State, name: string): External | undefined {
  return indexOf(state).externals.get(name);
}

/** Where an external service answers at a stage. */
export function targetAt({ targets }: External, stage: string): Target | undefined {
  return targets.find((target) => target.stage === stage);
}

/** The other services that say they use a service or an external one. */
export function usersOf(state: State, name: string): readonly Service[] {
  return state.services.filter((service) => service.name !== name && service.traffic.uses.includes(name));
}

/** The containers of a stack from position 0 up. */
export function containersOf(state: State, stack: string): readonly Container[] {
  return indexOf(state).containersByStack.get(stack) ?? [];
}

/** The endpoints of a service, by pointer and then by name. */
export function endpointsOf(state: State, service: string): readonly Endpoint[] {
  return indexOf(state).endpointsByService.get(service) ?? [];
}

export function endpointNamed(state: State, name: string): Endpoint | undefined {
  return indexOf(state).endpoints.get(name);
}

export function containersOn(state: State, host: string): readonly Container[] {
  return indexOf(state).containersByHost.get(host) ?? [];
}

/** The containers of a service at one position, one of each stack: what an endpoint that points there answers with. */
export function containersAt(state: State, service: string, position: number): Container[] {
  return stacksOf(state, service).flatMap((stack) => containersOf(state, stack.name)[position] ?? []);
}

/** The stack height (SH) of a service: that of its highest stack. */
export function heightOf(state: State, service: string): number {
  return Math.max(0, ...stacksOf(state, service).map((stack) => containersOf(state, stack.name).length));
}

/** The stack and service a container belongs to. Without them it comes from a state that was edited by other means. */
export function ownersOf(state: State, container: Container): { stack: Stack; service: Service } {
  const stack = stackNamed(state, container.stack);
  const service = stack && serviceNamed(state, stack.service);
  if (!stack || !service) {
    throw new UserError(`container ${container.name} belongs to no stack of a service: see 'cmanage check'`);
  }
  return { stack, service };
}
