import { canonicalText } from '../model/canonical.ts';
import type { Environment } from '../model/environment.ts';
import { containersOf, endpointNamed, externalNamed, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { Endpoint, Service, State } from '../model/state.ts';
import type { Weight } from '../model/traffic.ts';
import { edgesOf, reachedBy } from '../model/trees.ts';
import { proposed, refusal, refused, type Outcome, type Violation } from '../model/violation.ts';
import { noSuchEndpoint, noSuchService } from './missing.ts';
import { restoreStacks, type Arrangement } from './restoreStacks.ts';

/** What is taken back: the containers of a service, or an endpoint's tree with the containers of every service in it. */
export type Scope = { readonly service: string } | { readonly endpoint: string };

/** The services whose containers a scope is about, as its tree was in a state. */
export function servicesIn(state: State, scope: Scope): string[] {
  if ('service' in scope) return [scope.service];
  const endpoint = endpointNamed(state, scope.endpoint);
  if (!endpoint) return [];
  return [...reachedBy(state, endpoint).keys()].filter((name) => !externalNamed(state, name));
}

/**
 * What a rollback of a scope would bring back of a state, as a text to compare. The number and the hosts of stacks are
 * no part of it, as long as all are twins, nor are the names of containers: a scaling or a drain is nothing to take back.
 */
export function shapeOf(state: State, scope: Scope): string {
  const columns = servicesIn(state, scope).map((service) => {
    const stacks = stacksOf(state, service).map(({ name }) =>
      canonicalText(containersOf(state, name).map(({ version, digest }) => [version, digest])),
    );
    return [service, ...new Set(stacks)];
  });
  if ('service' in scope) return canonicalText([serviceNamed(state, scope.service) ? columns : null]);
  const endpoint = endpointNamed(state, scope.endpoint);
  return canonicalText([columns, endpoint ? aimOf(endpoint) : null, edgesOf(state, scope.endpoint)]);
}

/** Where an endpoint sends its requests: all to its pointer, or shares of them to several positions. */
export function aimOf({ pointer, options }: Endpoint): { pointer: number; weights: readonly Weight[] } {
  return { pointer, weights: options.weights };
}

/**
 * Brings a scope back to what it was then. Whether that is allowed today is for the constraints to judge.
 *
 * @param lost the retained containers that are not on their hosts as they were left: they go, and are made again
 */
export function rollback(
  state: State,
  then: State,
  scope: Scope,
  environment: Environment,
  lost: ReadonlySet<string> = new Set(),
): Outcome {
  const missing = 'service' in scope ? lackOfService(state, scope.service) : lackOfTree(state, then, scope);
  if (missing.length > 0) return refused(...missing);
  const services = servicesIn(then, scope);
  const changed = services.flatMap((service) => whyNotAsThen(state, then, service));
  if (changed.length > 0) return refused(...changed);
  const restored = restoreStacks(
    state,
    services.flatMap((service) => arrangementsOf(state, then, service)),
    environment,
    lost,
  );
  if (!restored.ok || 'service' in scope) return restored;
  return proposed(restoreTree(restored.value, then, scope.endpoint));
}

/** Each stack of today gets what it held then; one that is new since, or that stands elsewhere, is a twin of the first. */
function arrangementsOf(state: State, then: State, service: string): Arrangement[] {
  const old = stacksOf(then, service);
  return stacksOf(state, service).map(({ name }) => {
    const twin = old.find((stack) => stack.name === name) ?? old[0];
    return { stack: name, containers: twin ? containersOf(then, twin.name) : [] };
  });
}

/** The relations of a tree, and where its endpoint sends its requests, as they were; rows that are alike stay the same. */
function restoreTree(state: State, then: State, name: string): State {
  const old = endpointNamed(then, name);
  const known = new Map(edgesOf(state, name).map((edge) => [canonicalText(edge), edge]));
  const edges = edgesOf(then, name).map((edge) => known.get(canonicalText(edge)) ?? edge);
  return {
    ...state,
    endpoints: state.endpoints.map((row) => (row.name === name && old ? aimedAs(row, old) : row)),
    edges: [...state.edges.filter((edge) => edge.endpoint !== name), ...edges],
  };
}

function aimedAs(row: Endpoint, old: Endpoint): Endpoint {
  const { pointer, weights } = aimOf(old);
  const isSame = canonicalText(aimOf(row)) === canonicalText(aimOf(old));
  return isSame ? row : { ...row, pointer, options: { ...row.options, weights } };
}

function lackOfService(state: State, service: string): readonly Violation[] {
  return serviceNamed(state, service) ? [] : noSuchService(state, service).violations;
}

/** What the tree was made of then, and is not there any more. */
function lackOfTree(state: State, then: State, { endpoint }: { readonly endpoint: string }): Violation[] {
  if (!endpointNamed(state, endpoint)) return [...noSuchEndpoint(state, endpoint).violations];
  if (!endpointNamed(then, endpoint)) {
    const remedy = 'choose a later operation';
    return [refusal('rollback', endpoint, 'it was not there then', remedy)];
  }
  const children = new Set(edgesOf(then, endpoint).map((edge) => edge.child));
  return [...children]
    .filter((child) => !serviceNamed(state, child) && !externalNamed(state, child))
    .map((child) => {
      const remedy = `add ${child} again, and connect it by 'cmanage connect'`;
      return refusal('rollback', endpoint, `its tree had ${child} then, which is deleted`, remedy);
    });
}

/** Why a service cannot have the containers it had then: it was not there, or was another one of the same name. */
function whyNotAsThen(state: State, then: State, name: string): Violation[] {
  const [now, old] = [serviceNamed(state, name), serviceNamed(then, name)];
  if (!old) return [refusal('rollback', name, 'it was not there then', 'choose a later operation')];
  if (!now) return [...noSuchService(state, name).violations];
  if (originOf(now) === originOf(old)) return [];
  const fact = `it was another service then: its image was ${originOf(old)}, and is ${originOf(now)}`;
  return [refusal('rollback', name, fact, 'choose a later operation')];
}

function originOf({ image, pull }: Service): string {
  return pull === 'never' ? `${image}, never pulled` : image;
}
