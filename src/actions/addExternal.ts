import { externalNamed, serviceNamed } from '../model/lookup.ts';
import type { External, State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/** Adds an external service. Whether its name and targets are well formed is for the constraints to judge. */
export function addExternal(state: State, external: External): Outcome {
  const { name } = external;
  if (externalNamed(state, name)) {
    const fact = 'there is an external service of this name already';
    const remedy = `choose another name, or 'cmanage changeexternal ${name} --target STAGE=HOST:PORT'`;
    return refused(refusal('names', name, fact, remedy));
  }
  if (serviceNamed(state, name)) {
    const fact = 'there is a service of this name already';
    return refused(refusal('names', name, fact, 'choose another name'));
  }
  return proposed({ ...state, externals: [...state.externals, external] });
}
