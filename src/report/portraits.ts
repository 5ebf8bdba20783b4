import { containerNamed, containersOf, externalNamed, serviceNamed } from '../model/lookup.ts';
import type { Container, Endpoint, External, Service, State } from '../model/state.ts';
import { targetText } from '../model/traffic.ts';
import { weightedTreesOf, type TreeNode, type WeightedTree } from '../plan/treeLines.ts';

/**
 * Everything there is to say of something, as texts that can be compared: by the place it is in, such as `webapp > training`, and
 * by what is said, such as `version`.
 */
export type Portrait = ReadonlyMap<string, Facets>;

export type Facets = ReadonlyMap<string, string>;

/** What the value of a variable begins with: it is compared, and not to be shown. */
export const hidden = 'hidden:';

/**
 * An endpoint with its tree: its own settings, and of every service in the tree the version and digest that answers there and its
 * settings. Where the endpoint spreads over positions, each value that there is, with its weight.
 */
export function portraitOfEndpoint(state: State, endpoint: Endpoint): Portrait {
  const places: Places = new Map();
  for (const tree of weightedTreesOf(state, endpoint.name)) addNode({ state, places, tree }, tree.root, []);
  const joined = [...places].map(([place, facets]): [string, Facets] => [
    place,
    new Map([...facets].map(([what, values]) => [what, [...values].join(', ')])),
  ]);
  return new Map([['endpoint', facetsOfEndpoint(endpoint)], ...joined]);
}

/** What trees that begin at several positions say of the same place. */
type Places = Map<string, Map<string, Set<string>>>;

type Drawing = { readonly state: State; readonly places: Places; readonly tree: WeightedTree };

function facetsOfEndpoint({ service, stage, pointer, port, address, url, options }: Endpoint): Facets {
  const { weights, ...others } = options;
  const shares = weights.map(({ position, weight }) => `${position}=${weight}`).join(' ');
  return new Map([
    ...fields({ service, stage, pointer, port, address, url, ...others }),
    ['weights', shares || 'none'],
  ]);
}

/** The root is in the same place whatever its service is called, so that two services can be compared, too. */
function addNode(drawing: Drawing, node: TreeNode, above: readonly string[]): void {
  const { state, places, tree } = drawing;
  const isRoot = above.length === 0;
  const path = [...above, isRoot ? 'root' : 'external' in node ? node.external : node.service];
  const place = path.join(' > ');
  const facets = places.get(place) ?? new Map<string, Set<string>>();
  places.set(place, facets);
  const drain: [string, string][] = isRoot
    ? []
    : [['drain limit of the relation', valueText(node.drainLimit)]];
  for (const [what, value] of [...facetsOfNode(state, node), ...drain]) {
    const isShared = tree.weight !== null && ['version', 'digest', 'position'].includes(what);
    const text = isShared ? `${value} (weight ${tree.weight})` : value;
    facets.set(what, (facets.get(what) ?? new Set()).add(text));
  }
  if ('external' in node) return;
  for (const child of node.children) addNode(drawing, child, path);
}

function facetsOfNode(state: State, node: TreeNode): [string, string][] {
  if ('external' in node) {
    const external = externalNamed(state, node.external);
    const { mode, healthPath } = external ?? { mode: null, healthPath: null };
    return [['target', node.target ?? 'none'], ...fields({ mode, healthPath })];
  }
  const { service, position, follows, containers } = node;
  const rows = containers.flatMap((name) => containerNamed(state, name) ?? []);
  const row = serviceNamed(state, service);
  return [
    ['service', service],
    ['version', each(rows, ({ version }) => version)],
    ['digest', each(rows, ({ digest }) => digest)],
    ['position', `${position}${follows ? '' : ', fixed'}`],
    ['containers', String(rows.length)],
    ...(row ? facetsOfService(row) : []),
  ];
}

function each(rows: readonly Container[], textOf: (row: Container) => string): string {
  return [...new Set(rows.map(textOf))].join(' and ') || 'nothing';
}

function facetsOfService({
  image,
  pull,
  settings,
  traffic,
  retention,
  rolling,
}: Service): [string, string][] {
  const { env, ...others } = settings;
  return [
    ...fields({ image, pull, ...others, ...traffic, retention, rolling }),
    ...Object.entries(env).map(([name, value]): [string, string] => [`env ${name}`, `${hidden}${value}`]),
  ];
}

/** A whole state: every position of every stack, every service, endpoint, relation and external service. */
export function portraitOfState(state: State): Portrait {
  const positions = state.stacks.flatMap((stack) => containersOf(state, stack.name));
  const places: readonly Place[] = [
    ...state.services.map((row): Place => [`service ${row.name}`, facetsOfService(row)]),
    ...state.stacks.map(({ name, host }): Place => [`stack ${name}`, [['host', host]]]),
    ...positions.map(({ name, stack, position, version, digest }): Place => {
      const facets = Object.entries({ version, digest, container: name });
      return [`${stack} position ${position}`, facets];
    }),
    ...state.retained.map(({ name, version }): Place => [`retained ${name}`, [['version', version]]]),
    ...state.endpoints.map((row): Place => [`endpoint ${row.name}`, facetsOfEndpoint(row)]),
    ...state.edges.map(({ endpoint, parent, child, position, drainLimit }): Place => {
      const facets = fields({ position: position ?? "the endpoint's", drainLimit });
      return [`tree of ${endpoint}: ${parent} > ${child}`, facets];
    }),
    ...state.externals.map((row): Place => [`external ${row.name}`, facetsOfExternal(row)]),
  ];
  return new Map(places.map(([place, facets]) => [place, new Map(facets)]));
}

type Place = readonly [string, Iterable<readonly [string, string]>];

function facetsOfExternal({ mode, healthPath, targets }: External): [string, string][] {
  const at = targets.map((target): [string, string] => [`target at ${target.stage}`, targetText(target)]);
  return [...fields({ mode, healthPath }), ...at];
}

/** The fields of a value, those of values inside it with the names of both. */
function fields(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? fields(inner, `${prefix}${name}.`)
      : [[`${prefix}${name}`, valueText(inner)]],
  );
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
