import type { Edge, External, State } from '../../src/model/state.ts';
import { targetText } from '../../src/model/traffic.ts';

/** One relation as a test writes it: `webapp > training`, or `webapp > training @ 2` where its position is fixed. */
export function edge(endpoint: string, relation: string): Edge {
  const match = /^(\S+) > (\S+)(?: @ (\S+))?$/.exec(relation);
  if (!match) throw new Error(`the test names a relation that is none: ${relation}`);
  const [, parent = '', child = '', position] = match;
  return {
    endpoint,
    parent,
    child,
    position: position === undefined ? null : Number(position),
    drainLimit: null,
  };
}

/** The state with relations added to the tree of an endpoint, in the order given. */
export function withTree(state: State, endpoint: string, ...relations: readonly string[]): State {
  return { ...state, edges: [...state.edges, ...relations.map((relation) => edge(endpoint, relation))] };
}

/** The relations of a state as a test writes them, each with its endpoint in front. */
export function relationsIn({ edges }: State): string[] {
  return edges.map(({ endpoint, parent, child, position }) => {
    const place = position === null ? '' : ` @ ${position}`;
    return `${endpoint}: ${parent} > ${child}${place}`;
  });
}

/** An external service with targets as they are typed, by default one for each of the default stages. */
export function external(
  name: string,
  targets = ['prod', 'qa', 'dev'].map((stage) => `${stage}=${name}.${stage}.example:5432`),
): External {
  return {
    name,
    mode: 'tcp',
    targets: targets.map((text) => {
      const [, stage = '', host = '', port = ''] = /^(.*?)=(.*):(.*)$/s.exec(text) ?? [];
      return { stage, host, port: Number(port) };
    }),
    healthPath: null,
  };
}

/** The state with external services added. */
export function withExternals(state: State, ...externals: readonly External[]): State {
  return { ...state, externals: [...state.externals, ...externals] };
}

/** The targets of a state's external services as they are typed, each with its name in front. */
export function targetsIn({ externals }: State): string[] {
  return externals.flatMap(({ name, targets }) =>
    targets.map((target) => `${name}: ${target.stage}=${targetText(target)}`),
  );
}
