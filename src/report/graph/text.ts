import { containersOf, endpointsOf, externalNamed, stacksOf } from '../../model/lookup.ts';
import type { Edge, State } from '../../model/state.ts';
import { edgesOf } from '../../model/trees.ts';
import { groupsOf } from '../groups.ts';
import { oneLine } from '../printable.ts';

/** The graph of a state for other programs that draw: Graphviz (dot) and Mermaid. Both say the same nodes and lines. */
export type Graph = { readonly nodes: readonly Node[]; readonly lines: readonly Line[] };

type Kind = 'endpoint' | 'service' | 'external' | 'stack' | 'host';
type Node = { readonly id: string; readonly kind: Kind; readonly label: readonly string[] };
type Line = { readonly from: string; readonly to: string; readonly label: string };

export function graphOf(state: State): Graph {
  const services = inOrder(state.services);
  const hosts = [...new Set(state.stacks.map(({ host }) => host))].sort();
  const stacks = services.flatMap(({ name }) => stacksOf(state, name));
  const endpoints = services.flatMap(({ name }) => endpointsOf(state, name));
  const relations = groupsOf(
    endpoints.flatMap(({ name }) => edgesOf(state, name)),
    ({ parent, child }) => `${parent} ${child}`,
  );
  const stageOf = new Map(endpoints.map(({ name, stage }) => [name, stage]));
  const called = (name: string): string =>
    externalNamed(state, name) ? `external ${name}` : `service ${name}`;
  const nodes = [
    ...endpoints.map(({ name, stage, port, url }): Node => {
      return { id: `endpoint ${name}`, kind: 'endpoint', label: [name, `${stage} ${url ?? ''}:${port}`] };
    }),
    ...services.map(({ name }): Node => ({ id: `service ${name}`, kind: 'service', label: [name] })),
    ...inOrder(state.externals).map(({ name }): Node => {
      return { id: `external ${name}`, kind: 'external', label: [name] };
    }),
    ...stacks.map(({ name }): Node => {
      const versions = containersOf(state, name).map(({ version }) => version);
      return { id: `stack ${name}`, kind: 'stack', label: [name, versions.join(' | ')] };
    }),
    ...hosts.map((name): Node => ({ id: `host ${name}`, kind: 'host', label: [name] })),
  ];
  const lines = [
    ...endpoints.map(({ name, service, stage, pointer }): Line => {
      return { from: `endpoint ${name}`, to: `service ${service}`, label: `${stage} at ${pointer}` };
    }),
    ...[...relations.values()].map((edges): Line => {
      const [first] = edges;
      const [parent, child] = [first?.parent ?? '', first?.child ?? ''];
      return { from: `service ${parent}`, to: called(child), label: placesOf(edges, stageOf) };
    }),
    ...stacks.map(({ name, service }): Line => ({
      from: `service ${service}`,
      to: `stack ${name}`,
      label: '',
    })),
    ...stacks.map(({ name, host }): Line => ({ from: `stack ${name}`, to: `host ${host}`, label: '' })),
  ];
  // A relation that leads nowhere has no end to draw; 'cmanage check' tells of it.
  const known = new Set(nodes.map(({ id }) => id));
  return { nodes, lines: lines.filter(({ from, to }) => known.has(from) && known.has(to)) };
}

function inOrder<Row extends { readonly name: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The stages at which one calls the other, with the position where that does not follow the endpoint. */
function placesOf(edges: readonly Edge[], stageOf: ReadonlyMap<string, string>): string {
  const places = edges.map(({ endpoint, position }) => {
    const stage = stageOf.get(endpoint) ?? endpoint;
    return position === null ? stage : `${stage} at ${position}`;
  });
  return [...new Set(places)].join(', ');
}

const shapes: Readonly<Record<Kind, string>> = {
  endpoint: 'shape=cds',
  service: 'shape=box, style=bold',
  external: 'shape=box, style=dashed',
  stack: 'shape=record',
  host: 'shape=box3d',
};

/** The graph in Graphviz's language: `dot -Tsvg` draws it. */
export function dotText({ nodes, lines }: Graph, title: string): string {
  return [
    'digraph cmanage {',
    `  label=${dotString([title])}; labelloc=t; rankdir=LR; node [fontname="sans-serif", fontsize=10]; edge [fontname="sans-serif", fontsize=8];`,
    ...nodes.map(
      ({ id, kind, label }) => `  ${dotString([id])} [label=${labelOf(kind, label)}, ${shapes[kind]}];`,
    ),
    ...lines.map(({ from, to, label }) => {
      const said = label === '' ? '' : ` [label=${dotString([label])}]`;
      return `  ${dotString([from])} -> ${dotString([to])}${said};`;
    }),
    '}',
    '',
  ].join('\n');
}

/** In a record, these stand for fields; the bars between versions are meant so. */
function labelOf(kind: Kind, label: readonly string[]): string {
  if (kind !== 'stack') return dotString(label);
  const [name = '', versions = ''] = label.map((line) => oneLine(line).replace(/[\\"{}<>]/g, '\\$&'));
  return `"{${name.replaceAll('|', '\\|')}|{${versions}}}"`;
}

function dotString(lines: readonly string[]): string {
  return `"${lines.map((line) => oneLine(line).replace(/[\\"]/g, '\\$&')).join('\\n')}"`;
}

const brackets: Readonly<Record<Kind, readonly [string, string]>> = {
  endpoint: ['([', '])'],
  service: ['[', ']'],
  external: ['[/', '/]'],
  stack: ['[[', ']]'],
  host: ['[(', ')]'],
};

/** The graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. */
export function mermaidText({ nodes, lines }: Graph, title: string): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const idOf = (id: string): string => ids.get(id) ?? id;
  return [
    '---',
    `title: ${JSON.stringify(oneLine(title))}`,
    '---',
    'flowchart LR',
    ...nodes.map(({ id, kind, label }) => {
      const [open, close] = brackets[kind];
      return `  ${idOf(id)}${open}"${label.map(mermaidWords).join('<br>')}"${close}`;
    }),
    ...lines.map(({ from, to, label }) => {
      const said = label === '' ? '' : `|"${mermaidWords(label)}"|`;
      return `  ${idOf(from)} -->${said} ${idOf(to)}`;
    }),
    '',
  ].join('\n');
}

/** Mermaid reads HTML and Markdown inside of quotes; characters given by their numbers are only shown. */
function mermaidWords(text: string): string {
  return oneLine(text).replace(/[^\w .:,/-]/g, (character) => `#${character.codePointAt(0) ?? 63};`);
}
