import { canonicalText } from '../model/canonical.ts';
import { endpointsOf, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { edgesOf } from '../model/trees.ts';
import type { Violation } from '../model/violation.ts';
import { aimOf, servicesIn, type Scope } from './rollback.ts';

/** What a rollback leaves as it is today although it was otherwise then: told as warnings, so that nobody takes it for done. */
export function rollbackNotes(state: State, then: State, scope: Scope): Violation[] {
  const services = servicesIn(then, scope).filter((name) => serviceNamed(state, name));
  return [
    ...services.flatMap((service) => [
      ...hostsNote(state, then, service),
      ...settingsNote(state, then, service),
    ]),
    ...('service' in scope ? endpointNotes(state, then, scope.service) : []),
  ];
}

function hostsNote(state: State, then: State, service: string): Violation[] {
  const hosts = (where: State): string =>
    stacksOf(where, service)
      .map((stack) => stack.host)
      .sort()
      .join(', ') || 'no host';
  const [now, old] = [hosts(state), hosts(then)];
  if (now === old) return [];
  const fact = `it stood on ${old} then and stands on ${now} now, and that stays`;
  return [
    note(
      service,
      service,
      fact,
      "number and hosts of stacks are changed by 'cmanage scale' and 'host drain'",
    ),
  ];
}

function settingsNote(state: State, then: State, service: string): Violation[] {
  const settings = (where: State): string => {
    const row = serviceNamed(where, service);
    return canonicalText([row?.settings ?? null, row?.traffic ?? null]);
  };
  if (settings(state) === settings(then)) return [];
  const fact = 'it had other settings then; its containers run with those of today';
  return [note(service, service, fact, 'compare what the operations since have changed')];
}

/** Without a tree, endpoints and relations stay; where they have moved since, the same stack answers otherwise. */
function endpointNotes(state: State, then: State, service: string): Violation[] {
  return endpointsOf(state, service).flatMap((endpoint) => {
    const { name, pointer } = endpoint;
    const old = endpointsOf(then, service).find((other) => other.name === name);
    if (!old) return [];
    const differs = (a: unknown, b: unknown): boolean => canonicalText(a) !== canonicalText(b);
    const facts = [
      ...(old.pointer === pointer
        ? []
        : [`it pointed at position ${old.pointer} then and points at ${pointer} now, and that stays`]),
      ...(differs(aimOf(old).weights, aimOf(endpoint).weights)
        ? ['its requests had other weights then, and that stays']
        : []),
      ...(differs(edgesOf(then, name), edgesOf(state, name))
        ? ['its tree had other relations then, and stays as it is']
        : []),
    ];
    const remedy = `'cmanage rollback --tree ${name}' takes trees back too`;
    return facts.map((fact) => note(service, name, fact, remedy));
  });
}

function note(service: string, object: string, fact: string, remedy: string): Violation {
  return { code: 'rollback', level: 'warn', object, service, fact, remedy };
}
