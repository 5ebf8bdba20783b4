import { endpointNamed } from '../model/lookup.ts';
import type { Endpoint, State } from '../model/state.ts';
import { endpointOptions, type EndpointOptions } from '../model/traffic.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { noSuchEndpoint } from './missing.ts';

/** What changes of endpoints; whatever is left out stays. Its service, stage and pointer are other actions' business. */
export type EndpointChange = Partial<Pick<Endpoint, 'port' | 'address' | 'url'>> & {
  readonly options: Partial<EndpointOptions>;
};

/**
 * Changes how endpoints are reached. Several at once, because those that share a port must agree: one after the other,
 * each would be refused.
 */
export function changeEndpoints(
  state: State,
  names: readonly string[],
  { options, ...place }: EndpointChange,
): Outcome {
  const missing = names.find((name) => !endpointNamed(state, name));
  if (missing !== undefined) return noSuchEndpoint(state, missing);
  const changed = (row: Endpoint): Endpoint => ({
    ...row,
    ...place,
    options: changedOptions(row.options, options),
  });
  const endpoints = state.endpoints.map((row) => (names.includes(row.name) ? changed(row) : row));
  return proposed({ ...state, endpoints });
}

/** With another mode, the headers that only HTTP has come or go, unless that is given too. */
function changedOptions(old: EndpointOptions, given: Partial<EndpointOptions>): EndpointOptions {
  const { mode = old.mode } = given;
  const { forwarded } = mode === old.mode ? old : endpointOptions({ mode });
  return { ...old, forwarded, ...given };
}
