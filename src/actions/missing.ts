import { externalNamed, serviceNamed, stacksOf } from '../model/lookup.ts';
import { insteadOf } from '../model/nearest.ts';
import type { Stack, State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/** What an action answers when it is pointed at something that is not in the state. */
export function noSuchService(state: State, name: string): ReturnType<typeof refused> {
  const remedy = insteadOf(name, namesOf(state.services), "see 'cmanage show services'");
  return refused(refusal('stack-service', name, 'there is no such service', remedy));
}

function namesOf(rows: readonly { readonly name: string }[]): string[] {
  return rows.map(({ name }) => name);
}

/** What an action answers that needs a service that calls others. */
export function noSuchParent(state: State, name: string): ReturnType<typeof refused> {
  if (!externalNamed(state, name)) return noSuchService(state, name);
  const remedy = `connect it below a service by 'cmanage connect SERVICE -c ${name}'`;
  return refused(refusal('tree-shape', name, 'it is an external service, which calls nothing', remedy));
}

/** What an action answers that needs a service, or an external one, to be called. */
export function noSuchChild(state: State, name: string): ReturnType<typeof refused> {
  const known = namesOf([...state.services, ...state.externals]);
  const remedy = insteadOf(name, known, "see 'cmanage show services' and 'cmanage show externals'");
  return refused(refusal('stack-service', name, 'there is no such service', remedy));
}

export function noSuchExternal(state: State, name: string): ReturnType<typeof refused> {
  const remedy = insteadOf(name, namesOf(state.externals), "see 'cmanage show externals'");
  return refused(refusal('names', name, 'there is no such external service', remedy));
}

/** The stacks of a service for a process that works on every one of them; there must be some. */
export function stacksToChange(state: State, service: string): Outcome<readonly Stack[]> {
  if (!serviceNamed(state, service)) return noSuchService(state, service);
  const stacks = stacksOf(state, service);
  return stacks.length === 0 ? noStackOf(service) : proposed(stacks);
}

/** What a process answers that works on every stack of a service, where there is none. */
function noStackOf(service: string): ReturnType<typeof refused> {
  const remedy = `delete it with 'cmanage delete service ${service}' and add it again`;
  return refused(refusal('service-stacks', service, 'it has no stack', remedy));
}

export function noSuchStack(state: State, name: string): ReturnType<typeof refused> {
  const remedy = insteadOf(name, namesOf(state.stacks), "see 'cmanage show stacks'");
  return refused(refusal('stack-service', name, 'there is no such stack', remedy));
}

export function noSuchEndpoint(state: State, name: string): ReturnType<typeof refused> {
  const remedy = insteadOf(name, namesOf(state.endpoints), "see 'cmanage show endpoints'");
  return refused(refusal('endpoint-service', name, 'there is no such endpoint', remedy));
}
