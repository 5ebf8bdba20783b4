import { endpointNamed } from '../model/lookup.ts';
import { endpointName } from '../model/names.ts';
import type { Endpoint, State } from '../model/state.ts';
import { defaultEndpointOptions, type EndpointOptions } from '../model/traffic.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

/** An endpoint with the short name it is given, such as `prod`. */
export type MakeEndpoint = Omit<Endpoint, 'name' | 'options'> & {
  readonly shortName: string;
  /** Default: HTTP. */
  readonly options?: EndpointOptions;
};

/** Adds the front door of a service at a stage, pointing at a position of its stacks. */
export function makeEndpoint(state: State, { shortName, ...row }: MakeEndpoint): Outcome {
  const name = endpointName(row.service, shortName);
  if (endpointNamed(state, name)) {
    const remedy = `choose another name, or 'cmanage delete endpoint ${name}' first`;
    return refused(refusal('names', name, 'there is an endpoint of this name already', remedy));
  }
  return proposed({
    ...state,
    endpoints: [...state.endpoints, { name, options: defaultEndpointOptions, ...row }],
  });
}
