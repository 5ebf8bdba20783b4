import { canonicalText } from '../model/canonical.ts';
import type { Environment } from '../model/environment.ts';
import { childrenOf, targetOf } from '../model/links.ts';
import { containerNamed, containersAt, endpointNamed, ownersOf } from '../model/lookup.ts';
import type { Container, Endpoint, State } from '../model/state.ts';
import { reachedBy, rootsOf } from '../model/trees.ts';
import { refusal, type Violation } from '../model/violation.ts';

/**
 * Warns of endpoints whose answers may be made of some versions of before and some of after while a change is under way. A
 * promotion is not of this kind: old containers go on to call old ones, new ones new ones, and only the first service changes
 * places. But a container that stays in the tree has one link to each child for old and new callers alike: where its link
 * leads elsewhere, and something else of the tree changes too, the two cannot change in the same moment.
 */
export function mixedAnswers(before: State, next: State, environment: Environment): Violation[] {
  return next.endpoints.flatMap((endpoint) => {
    const old = endpointNamed(before, endpoint.name);
    if (!old) return [];
    const places = placesThatChange([before, old], [next, endpoint], environment);
    if (places.length < 2) return [];
    const fact = `${places.join(' and ')} change one after the other; until all have, an answer may have some of before and some of after`;
    const remedy = 'change them by a command each where that matters';
    const warning = refusal('mixed-answers', endpoint.name, fact, remedy);
    return [{ ...warning, service: endpoint.service, level: 'warn' as const }];
  });
}

type Side = readonly [state: State, endpoint: Endpoint];

/** Where the calls of an endpoint's tree lead to other versions although who calls stays: the endpoint itself, and its containers. */
function placesThatChange(before: Side, next: Side, environment: Environment): string[] {
  const [one, other] = [before, next].map(([state, endpoint]) => rootText(state, endpoint));
  const links = staying(before, next).flatMap(([was, is]) => {
    const { service } = ownersOf(next[0], is);
    return childrenOf(next[0], service.name)
      .filter(
        (child) =>
          calledText(before[0], was, child, environment) !== calledText(next[0], is, child, environment),
      )
      .map((child) => `${child} below ${service.name}`);
  });
  return [...(one === other ? [] : [next[1].service]), ...new Set(links)];
}

/** The versions that answer for an endpoint, with their shares. */
function rootText(state: State, endpoint: Endpoint): string {
  const { weights } = endpoint.options;
  const shares = rootsOf(endpoint).map((position) => [
    versionsAt(state, endpoint.service, position),
    weights.find((share) => share.position === position)?.weight ?? null,
  ]);
  return canonicalText(shares);
}

/** The containers that are in an endpoint's tree before and after, as they are in both. */
function staying(before: Side, next: Side): [was: Container, is: Container][] {
  const [reached, then] = [before, next].map(([state, endpoint]) => reachedBy(state, endpoint));
  return [...(reached ?? [])].flatMap(([service, positions]) =>
    [...positions].flatMap((position) =>
      containersAt(before[0], service, position).flatMap((was): [Container, Container][] => {
        const is = containerNamed(next[0], was.name);
        return is && then?.get(service)?.has(is.position) === true ? [[was, is]] : [];
      }),
    ),
  );
}

/** The versions, or the target, that a container's link to a child leads to. */
function calledText(state: State, row: Container, child: string, environment: Environment): string {
  const { service } = ownersOf(state, row);
  const target = targetOf(state, environment, { service: service.name, position: row.position }, child);
  if (!target) return '';
  return target.position === null ? target.stage : versionsAt(state, child, target.position);
}

function versionsAt(state: State, service: string, position: number): string {
  const rows = containersAt(state, service, position).map(({ version, digest }) => `${version} ${digest}`);
  return [...new Set(rows)].sort().join(', ');
}
