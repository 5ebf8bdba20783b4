import type { State } from '../../src/model/state.ts';
import type { Command } from './command.ts';
import { nobody, positionsIn } from './everyCommand.ts';
import type { Scope } from './scope.ts';

/** Every connection, disconnection and branching: of every two services, in every tree or all, also of a service with itself. */
export function everyRelation(state: State, scope: Scope): Command[] {
  const services = [...state.services.map(({ name }) => name), nobody];
  const endpoints = state.endpoints.map(({ name }) => name);
  // A missing service is tried with one other, and a missing endpoint with the first pair.
  const pairs = services.flatMap((parent, one) =>
    services.flatMap((child, other) => (one + other < 2 * services.length - 2 ? [{ parent, child }] : [])),
  );
  return [
    ...pairs.flatMap(({ parent, child }) => {
      const isStrange = parent === nobody || child === nobody;
      const trees = isStrange ? [[]] : [[], ...endpoints.map((name) => [name]), [nobody]];
      return trees.flatMap((named) => ofPair(parent, child, named, scope));
    }),
    ...triples(state).flatMap(ofThree),
    ...endpoints.flatMap((endpoint) =>
      services.flatMap((child) =>
        [null, ...services].flatMap((parent) => branchings(endpoint, child, parent, scope)),
      ),
    ),
  ];
}

function ofPair(parent: string, child: string, endpoints: string[], scope: Scope): Command[] {
  const relation = { service: parent, children: [child], parents: [], endpoints };
  const positions = endpoints[0] === nobody ? [null] : [null, ...positionsIn(scope)];
  return [
    ...positions.map((position): Command => ({ do: 'connect', ...relation, position })),
    ...[true, false].map((cascade): Command => ({ do: 'disconnect', ...relation, cascade })),
  ];
}

function branchings(endpoint: string, child: string, parent: string | null, scope: Scope): Command[] {
  const positions = child === nobody || parent === nobody ? [null] : [null, ...positionsIn(scope)];
  return positions.map((position) => ({ do: 'changetree', ...{ endpoint, child, parent, position } }));
}

type Triple = readonly [above: string, service: string, below: string];

function triples({ services }: State): Triple[] {
  const names = services.map(({ name }) => name);
  return names.flatMap((above) =>
    names.flatMap((service) =>
      names
        .filter((below) => above !== service && service !== below)
        .map((below): Triple => [above, service, below]),
    ),
  );
}

/** A service put between two others by one command, and taken out again. */
function ofThree([above, service, below]: Triple): Command[] {
  const relation = { service, children: [below], parents: [above], endpoints: [] };
  return [
    { do: 'connect', ...relation, position: null },
    { do: 'disconnect', ...relation, cascade: true },
    { do: 'disconnect', ...relation, cascade: false },
  ];
}
