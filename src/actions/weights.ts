import { endpointNamed } from '../model/lookup.ts';
import type { Endpoint, State } from '../model/state.ts';
import type { Weight } from '../model/traffic.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchEndpoint, stacksToChange } from './missing.ts';
import { pop } from './pop.ts';
import { sequence } from './sequence.ts';

/** The actions and processes of endpoints that spread over positions by weight: canaries, and trials side by side. */

/** Spreads an endpoint over positions. Whether these are inside its stacks is for the constraints to judge. */
export function setWeights(state: State, name: string, weights: readonly Weight[]): Outcome {
  const endpoint = endpointNamed(state, name);
  if (!endpoint) return noSuchEndpoint(state, name);
  const options = { ...endpoint.options, weights };
  return proposed({
    ...state,
    endpoints: state.endpoints.map((row) => (row === endpoint ? { ...row, options } : row)),
  });
}

/** The weights that give a canary a share in percent, and the pointer the rest. */
export function canaryWeights(pointer: number, position: number, share: number): Weight[] {
  return [
    { position: pointer, weight: 100 - share },
    { position, weight: share },
  ];
}

/** Sends all requests to the endpoint's pointer again. */
export function abortWeights(state: State, name: string): Outcome {
  const spread = spreadEndpoint(state, name);
  return spread.ok ? setWeights(state, name, []) : spread;
}

/**
 * Makes the last of the positions an endpoint spreads over what its pointer shows: the positions from the pointer up to
 * it are popped from every stack. The same containers then answer, warm as they are.
 */
export function promoteCanary(state: State, name: string): Outcome {
  const spread = spreadEndpoint(state, name);
  if (!spread.ok) return spread;
  const { service, pointer, options } = spread.value;
  const canary = Math.max(...options.weights.map(({ position }) => position));
  if (canary <= pointer) return nothingAbove(name, canary, pointer);
  const stacks = stacksToChange(state, service);
  if (!stacks.ok) return stacks;
  const ended = setWeights(state, name, []);
  // Others that spread over these positions would find other versions there.
  const free = ended.ok ? refusePopBelowWeights(ended.value, service, pointer) : ended;
  const pops = stacks.value.flatMap((stack) =>
    Array.from(
      { length: canary - pointer },
      () => (next: State) => pop(next, { stack: stack.name, position: pointer }),
    ),
  );
  return sequence(free, pops);
}

function spreadEndpoint(state: State, name: string): Outcome<Endpoint> {
  const endpoint = endpointNamed(state, name);
  if (!endpoint) return noSuchEndpoint(state, name);
  if (endpoint.options.weights.length > 0) return proposed(endpoint);
  const fact = 'it does not spread over positions: all its requests go to its pointer';
  const remedy = `spread it by 'cmanage weight ${name} POSITION=WEIGHT ...' first`;
  return refused(refusal('endpoint-service', name, fact, remedy));
}

function nothingAbove(name: string, canary: number, pointer: number): ReturnType<typeof refused> {
  const fact = `the last position it spreads over is ${canary}, which is not above its pointer ${pointer}`;
  const remedy = `point it there by 'cmanage changetree ${name} --position ${canary}', or end the weights by 'cmanage abort ${name}'`;
  return refused(refusal('endpoint-service', name, fact, remedy));
}

/** Why a position cannot be popped now: an endpoint spreads over it, or over one above, which would be another one then. */
export function refusePopBelowWeights(state: State, service: string, position: number): Outcome {
  const spread = state.endpoints.find(
    (endpoint) =>
      endpoint.service === service && endpoint.options.weights.some((weight) => weight.position >= position),
  );
  if (!spread) return proposed(state);
  const fact = `it spreads over positions that a pop of position ${position} would shift`;
  const remedy = `end that first by 'cmanage promote ${spread.name}' or 'cmanage abort ${spread.name}'`;
  return refused(refusal('endpoint-service', spread.name, fact, remedy));
}
