import type { Container, Endpoint, Service, Stack, State } from './state.ts';

/** Look-ups over the flat lists. All answers are in a stable order, so that plans and reports are too. */

export function serviceNamed(state: State, name: string): Service | undefined {
  return state.services.find((service) => service.name === name);
}

export function stackNamed(state: State, name: string): Stack | undefined {
  return state.stacks.find((stack) => stack.name === name);
}

/** The stacks of a service, oldest first. */
export function stacksOf(state: State, service: string): Stack[] {
  return state.stacks
    .filter((stack) => stack.service === service)
    .sort((a, b) => numberIn(a.name) - numberIn(b.name));
}

/** The containers of a stack from position 0 up. */
export function containersOf(state: State, stack: string): Container[] {
  return state.containers
    .filter((container) => container.stack === stack)
    .sort((a, b) => a.position - b.position);
}

/** The endpoints of a service, by pointer and then by name. */
export function endpointsOf(state: State, service: string): Endpoint[] {
  return state.endpoints
    .filter((endpoint) => endpoint.service === service)
    .sort((a, b) => a.pointer - b.pointer || (a.name < b.name ? -1 : 1));
}

export function containersOn(state: State, host: string): Container[] {
  const stacks = new Set(state.stacks.filter((stack) => stack.host === host).map((stack) => stack.name));
  return state.containers.filter((container) => stacks.has(container.stack));
}

/** The containers of a service at one position, one of each stack: what an endpoint that points there answers with. */
export function containersAt(state: State, service: string, position: number): Container[] {
  return stacksOf(state, service).flatMap((stack) => containersOf(state, stack.name)[position] ?? []);
}

/** The stack height (SH) of a service: that of its highest stack. */
export function heightOf(state: State, service: string): number {
  return Math.max(0, ...stacksOf(state, service).map((stack) => containersOf(state, stack.name).length));
}

/** The stack and service a container belongs to; a container without them is a broken state, which the store refuses. */
export function ownersOf(state: State, container: Container): { stack: Stack; service: Service } {
  const stack = stackNamed(state, container.stack);
  const service = stack && serviceNamed(state, stack.service);
  if (!stack || !service) throw new Error(`container ${container.name} belongs to no stack of a service`);
  return { stack, service };
}

function numberIn(name: string): number {
  return Number(/(\d+)$/.exec(name)?.[1] ?? 0);
}
