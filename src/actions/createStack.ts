import type { Facts, Host } from '../model/environment.ts';
import { serviceNamed } from '../model/lookup.ts';
import { stackName } from '../model/names.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { noSuchService } from './missing.ts';
import { pushOnStack } from './pushOnStack.ts';
import { sequence } from './sequence.ts';

export type CreateStack = {
  readonly service: string;
  readonly host: Host;
  /** The versions from position 0 up. */
  readonly versions: readonly string[];
};

/** Adds a stack of a service on a host, and pushes its containers on it. */
export function createStack(state: State, { service, host, versions }: CreateStack, facts: Facts): Outcome {
  const owner = serviceNamed(state, service);
  if (!owner) return noSuchService(service);
  const name = stackName(service, owner.nextStack);
  const withStack = {
    ...state,
    services: state.services.map((row) => (row === owner ? { ...row, nextStack: row.nextStack + 1 } : row)),
    stacks: [...state.stacks, { name, service, host: host.name, nextContainer: 1 }],
  };
  const pushes = versions.map(
    (version) => (next: State) => pushOnStack(next, { stack: name, version, host }, facts),
  );
  return sequence(proposed(withStack), pushes);
}
