import type { Facts, Host } from '../model/environment.ts';
import { containersOf, serviceNamed, stackNamed } from '../model/lookup.ts';
import { stackName } from '../model/names.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { noSuchService, noSuchStack } from './missing.ts';
import { addContainer, pushOnStack } from './pushOnStack.ts';
import { sequence } from './sequence.ts';

export type CreateStack = {
  readonly service: string;
  readonly host: Host;
  /** The versions from position 0 up. */
  readonly versions: readonly string[];
};

/** Adds a stack of a service on a host, and pushes its containers on it. */
export function createStack(state: State, { service, host, versions }: CreateStack, facts: Facts): Outcome {
  return addStack(state, service, host, (stack) =>
    versions.map((version) => (next) => pushOnStack(next, { stack, version, host }, facts)),
  );
}

/** Adds a stack with the same bits in the same order as an existing one: nothing is looked up, and tags may have moved. */
export function createTwin(state: State, { twin, host }: { twin: string; host: Host }): Outcome {
  const row = stackNamed(state, twin);
  if (!row) return noSuchStack(state, twin);
  return addStack(state, row.service, host, (stack) =>
    containersOf(state, twin).map((bits) => (next) => addContainer(next, { stack, host, bits })),
  );
}

function addStack(
  state: State,
  service: string,
  host: Host,
  pushesOn: (stack: string) => ((next: State) => Outcome)[],
): Outcome {
  const owner = serviceNamed(state, service);
  if (!owner) return noSuchService(state, service);
  const name = stackName(service, owner.nextStack);
  const withStack = {
    ...state,
    services: state.services.map((row) => (row === owner ? { ...row, nextStack: row.nextStack + 1 } : row)),
    stacks: [...state.stacks, { name, service, host: host.name, nextContainer: 1 }],
  };
  return sequence(proposed(withStack), pushesOn(name));
}
