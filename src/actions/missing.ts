import { externalNamed, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { Stack, State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/** What an action answers when it is pointed at something that is not in the state. */
export function noSuchService(name: string): ReturnType<typeof refused> {
  return refused(refusal('stack-service', name, 'there is no such service', "see 'cmanage show services'"));
}

/** What an action answers that needs a service that calls others. */
export function noSuchParent(state: State, name: string): ReturnType<typeof refused> {
  if (!externalNamed(state, name)) return noSuchService(name);
  const remedy = `connect it below a service by 'cmanage connect SERVICE -c ${name}'`;
  return refused(refusal('tree-shape', name, 'it is an external service, which calls nothing', remedy));
}

/** What an action answers that needs a service, or an external one, to be called. */
export function noSuchChild(name: string): ReturnType<typeof refused> {
  const remedy = "see 'cmanage show services' and 'cmanage show externals'";
  return refused(refusal('stack-service', name, 'there is no such service', remedy));
}

export function noSuchExternal(name: string): ReturnType<typeof refused> {
  const remedy = "see 'cmanage show externals'";
  return refused(refusal('names', name, 'there is no such external service', remedy));
}

/** The stacks of a service for a process that works on every one of them; there must be some. */
export function stacksToChange(state: State, service: string): Outcome<readonly Stack[]> {
  if (!serviceNamed(state, service)) return noSuchService(service);
  const stacks = stacksOf(state, service);
  return stacks.length === 0 ? noStackOf(service) : proposed(stacks);
}

/** What a process answers that works on every stack of a service, where there is none. */
function noStackOf(service: string): ReturnType<typeof refused> {
  const remedy = `delete it with 'cmanage delete service ${service}' and add it again`;
  return refused(refusal('service-stacks', service, 'it has no stack', remedy));
}

export function noSuchStack(name: string): ReturnType<typeof refused> {
  return refused(refusal('stack-service', name, 'there is no such stack', "see 'cmanage show stacks'"));
}

export function noSuchEndpoint(name: string): ReturnType<typeof refused> {
  return refused(
    refusal('endpoint-service', name, 'there is no such endpoint', "see 'cmanage show endpoints'"),
  );
}
