import type { Endpoint, State } from '../model/state.ts';
import { defaultServiceTraffic, endpointOptions, type ServiceTraffic } from '../model/traffic.ts';

/**
 * The rows of the state that a configuration is made of, as comments at its end. HAProxy does not look at them: they are for
 * the day on which the state database is lost, when no container's label and no line of HAProxy's own would tell an
 * endpoint's stage or a relation's position. What HAProxy does not serve is not among them, so that it changes no file.
 */

const heading = "# The rows that this was made of, for 'cmanage recover':";

/** How a service is called; of one without such a note, the defaults hold. */
export type TrafficNote = ServiceTraffic & { readonly name: string };

/** The rows as a configuration says them; nothing in it has been checked. */
export type NotedRows = Readonly<Record<Kind, readonly unknown[]>>;

const kinds = ['endpoint', 'edge', 'external', 'traffic'] as const;
type Kind = (typeof kinds)[number];

/** The comments for a state, one for each row and in order of names. */
export function rowNotes(state: State): string[] {
  const involved = involvedIn(state);
  const externals = state.externals.filter(({ name }) => involved.has(name));
  const traffic = state.services.flatMap(({ name, traffic: given }): TrafficNote[] =>
    involved.has(name) && textOf(given) !== textOf(defaultServiceTraffic) ? [{ name, ...given }] : [],
  );
  const rows: Readonly<Record<Kind, readonly object[]>> = {
    endpoint: state.endpoints.map(withoutUsual),
    edge: state.edges,
    external: externals,
    traffic,
  };
  return kinds.flatMap((kind) =>
    rows[kind]
      .map(textOf)
      .sort()
      .map((text) => `# ${kind} ${text}`),
  );
}

/** The services and external services that HAProxy has something to do with. */
function involvedIn({ services, endpoints, edges }: State): Set<string> {
  const users = services.filter(({ traffic }) => traffic.uses.length > 0);
  return new Set([
    ...endpoints.map(({ service }) => service),
    ...edges.flatMap(({ parent, child }) => [parent, child]),
    ...users.flatMap(({ name, traffic }) => [name, ...traffic.uses]),
  ]);
}

/** The last lines of a configuration, which say its rows. */
export function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : ['', heading, ...notes.map(comment)];
}

/** A configuration without the rows that it says. What somebody wrote after them stays. */
export function withoutNotes(config: string): string {
  const at = config.indexOf(`\n${heading}\n`);
  if (at === -1) return config;
  const rest = config.slice(at + heading.length + 2);
  return config.slice(0, at) + rest.replace(/^(?:# (?:endpoint|edge|external|traffic) .*\n)*/, '');
}

/** Whether two configurations differ in nothing but the rows they say, which is no reason for a reload. */
export function servesSame(one: string, other: string): boolean {
  return withoutNotes(one) === withoutNotes(other);
}

/** The rows that a configuration says; null where it says none, as before there were such notes. */
export function notedRows(config: string): NotedRows | null {
  const at = config.indexOf(`\n${heading}\n`);
  if (at === -1) return null;
  const lines = config.slice(at).split('\n');
  const rowsOf = (kind: Kind): unknown[] =>
    lines.flatMap((line) => {
      const start = `# ${kind} `;
      return line.startsWith(start) ? [parse(line.slice(start.length))] : [];
    });
  const [endpoint, edge, external, traffic] = [
    rowsOf('endpoint'),
    rowsOf('edge'),
    rowsOf('external'),
    rowsOf('traffic'),
  ];
  return { endpoint, edge, external, traffic };
}

/** What is no JSON was edited, and is no row. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An endpoint's options are mostly the usual ones of its mode, and there may be thousands of endpoints. */
function withoutUsual({ options, ...row }: Endpoint): object {
  const usual = endpointOptions({ mode: options.mode }) as Readonly<Record<string, unknown>>;
  const other = Object.entries(options).filter(
    ([field, value]) => field === 'mode' || textOf(value) !== textOf(usual[field]),
  );
  return { ...row, options: Object.fromEntries(other) };
}

/** Without any character that could end a comment's line, whatever the rows hold. */
function comment(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new Error(`not fit for a comment: ${JSON.stringify(text)}`);
  return text;
}

/** The row's own name first, and the same text for the same row. */
function textOf(row: unknown): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const rank = (field: string): string => (field === 'name' ? '' : field);
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1)));
  });
}
