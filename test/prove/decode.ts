import { containerName, endpointName, stackName } from '../../src/model/names.ts';
import { defaultRolling } from '../../src/model/rolling.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { emptyState, type Container, type Edge, type Endpoint, type State } from '../../src/model/state.ts';
import { defaultEndpointOptions, defaultServiceTraffic, type Link } from '../../src/model/traffic.ts';
import { imageOf } from './command.ts';
import { balancerAddress, firstLinkPort, firstPort } from './house.ts';
import { digestOf } from './registry.ts';

/** The first public port of a state made from a text; the others follow. */
export const firstPublicPort = 8001;

const noLinkYet: Link = { host: '', port: 0, mode: 'http' };

type Rows = { -readonly [Table in keyof Omit<State, 'revision'>]: State[Table][number][] };

/** The state of a canonical text, with the names, counters, ports and digests that actions would have given it. */
export function decode(text: string, hosts: readonly string[]): State {
  const rows: Rows = {
    services: [],
    stacks: [],
    containers: [],
    endpoints: [],
    edges: [],
    externals: [],
    retained: [],
  };
  const ports = new Map<string, number>();
  for (const part of text === '' ? [] : text.split(';')) {
    const match = /^(\w)\[(.*)\]\{(.*)\}$/.exec(part);
    if (!match) throw new Error(`no canonical text of a service: ${part}`);
    const [, service = '', stacks = '', endpoints = ''] = match;
    const columns = stacks === '' ? [] : stacks.split(' ');
    rows.services.push({
      name: service,
      image: imageOf(service),
      pull: 'registry',
      settings: defaultSettings,
      traffic: defaultServiceTraffic,
      retention: null,
      rolling: defaultRolling,
      nextStack: columns.length + 1,
    });
    columns.forEach((column, index) => {
      addColumn(rows, ports, hosts, { service, column, number: index + 1 });
    });
    const places = endpoints.match(/[^\s(]+(\([^)]*\))?/g) ?? [];
    for (const place of places) addEndpoint(rows, service, place);
  }
  return { ...emptyState, ...rows, containers: rows.containers.map(withLinks(rows)) };
}

/** A container has a link to each service that its own one calls, beside those of before that its text names. */
function withLinks({ stacks, edges }: Rows): (row: Container) => Container {
  let port = firstLinkPort;
  return (row) => {
    const service = stacks.find(({ name }) => name === row.stack)?.service;
    const called = edges.filter((edge) => edge.parent === service).map((edge) => edge.child);
    const children = new Set([...called, ...Object.keys(row.links)]);
    const linkTo = (): Link => ({ host: balancerAddress, port: port++, mode: 'http' });
    return { ...row, links: Object.fromEntries([...children].sort().map((child) => [child, linkTo()])) };
  };
}

function addColumn(
  rows: Rows,
  ports: Map<string, number>,
  hosts: readonly string[],
  { service, column, number }: { service: string; column: string; number: number },
): void {
  const [at = '', cells = ''] = column.split(':');
  const host = hosts[Number(at) - 1] ?? '?';
  const stack = stackName(service, number);
  const list = cells === '' ? [] : cells.split(',');
  rows.stacks.push({ name: stack, service, host, nextContainer: list.length + 1 });
  list.forEach((text, position) => {
    const [cell = '', left = ''] = text.split('~');
    const tag = cell.replaceAll("'", '');
    const version = /^\d+$/.test(tag) ? `v${tag}` : tag;
    const port = ports.get(host) ?? firstPort;
    ports.set(host, port + 1);
    rows.containers.push({
      name: containerName(stack, position + 1),
      stack,
      position,
      version,
      digest: digestOf(version, cell.length - tag.length),
      created: null,
      hostPort: port,
      links: Object.fromEntries(Array.from(left, (child) => [child, noLinkYet])),
    });
  });
}

function addEndpoint(rows: Rows, service: string, text: string): void {
  const [place = '', edges = ''] = text.replace(')', '').split('(');
  const [stage = '', pointer = ''] = place.split('>');
  const number = rows.endpoints.filter((row) => row.service === service).length + 1;
  const endpoint: Endpoint = {
    name: endpointName(service, `e${number}`),
    service,
    stage,
    pointer: Number(pointer),
    port: firstPublicPort + rows.endpoints.length,
    address: null,
    url: null,
    options: defaultEndpointOptions,
  };
  rows.endpoints.push(endpoint);
  for (const edge of edges === '' ? [] : edges.split(' ')) rows.edges.push(edgeOf(endpoint.name, edge));
}

function edgeOf(endpoint: string, text: string): Edge {
  const [relation = '', at = ''] = text.split('@');
  const [parent = '', child = ''] = relation.split('>');
  return { endpoint, parent, child, position: at === '*' ? null : Number(at), drainLimit: null };
}
