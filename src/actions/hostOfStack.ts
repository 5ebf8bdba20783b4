import type { Environment, Host } from '../model/environment.ts';
import type { Stack } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/** The host a stack stands on, of which new containers need the ports. */
export function hostOfStack({ name, host }: Stack, environment: Environment): Outcome<Host> {
  const found = environment.hosts.find((candidate) => candidate.name === host);
  if (found) return proposed(found);
  const remedy = `put ${host} back into hosts.yml`;
  return refused(refusal('host-known', name, `its host ${host} is not in hosts.yml`, remedy));
}
