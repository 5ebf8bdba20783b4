import { containersOf, endpointsOf, heightOf, stacksOf } from '../../model/lookup.ts';
import { profileOf } from '../../model/profile.ts';
import { runningOn } from '../../model/retention.ts';
import type { Service, State } from '../../model/state.ts';
import { containersBehind } from '../../model/trees.ts';
import { endpointUrls, optionsTyped } from '../endpointText.ts';
import { cardsOf } from '../graph/cards.ts';
import { namePartOf } from '../graph/names.ts';
import { groupsOf } from '../groups.ts';
import { containerSections, imagesSection } from './cmdbContainers.ts';
import { externalsSection, retainedSection } from './cmdbOthers.ts';
import { byName, lastChanges, type Material } from './material.ts';
import { columns, numbers, times, type Report, type Section } from './report.ts';
import { minuteOf } from '../moments.ts';

/** What there is, and how it hangs together: for the register of an audit, and for whoever is new. */
export function cmdbReport(material: Material): Report {
  const { state, environment, subject } = material;
  const { services, stacks, containers, endpoints } = state;
  return {
    kind: 'cmdb',
    title: 'Configuration items',
    about:
      'Every service, endpoint, relation, container, image and host of the environment, as the state records it.',
    subject,
    figures: [
      { label: 'services', value: String(services.length) },
      { label: 'endpoints', value: String(endpoints.length) },
      { label: 'stacks', value: String(stacks.length) },
      { label: 'containers', value: String(containers.length) },
      { label: 'hosts', value: String(environment.hosts.length) },
      { label: 'externals', value: String(state.externals.length) },
    ],
    cards: cardsOf(state),
    stages: environment.rules.stages,
    sections: [
      servicesSection(material),
      endpointsSection(material),
      relationsSection(state),
      ...containerSections(material),
      imagesSection(state),
      hostsSection(material),
      balancersSection(material),
      externalsSection(material),
      retainedSection(material),
    ],
  };
}

function servicesSection({ state, environment, history }: Material): Section {
  const changes = lastChanges(history);
  const { stages } = environment.rules;
  const callers = groupsOf(state.edges, ({ child }) => child);
  const callees = groupsOf(state.edges, ({ parent }) => parent);
  const list = (names: readonly string[]): string => [...new Set(names)].sort().join(' ') || '-';
  return {
    id: 'services',
    title: 'Services',
    note: 'Stacks of a service are twins, one a host. A version stands at the position of its stage.',
    columns: [
      ...columns('Service', 'Image'),
      ...numbers('Stacks', 'Height'),
      ...columns(...stages, 'Endpoints', 'Calls', 'Called by', 'Profile', 'Memory'),
      ...times('Last change'),
      ...columns('By'),
    ],
    rows: byName(state.services).map((service) => {
      const { name, image, settings, traffic } = service;
      const [stack] = stacksOf(state, name);
      const versions = stack ? containersOf(state, stack.name).map(({ version }) => version) : [];
      const last = changes.get(name);
      return [
        ...[name, image, stacksOf(state, name).length, heightOf(state, name)],
        ...stages.map((_, position) => versions[position] ?? '-'),
        endpointsOf(state, name)
          .map((endpoint) => namePartOf(endpoint.name, `${name}-endpoint-`))
          .join(' ') || '-',
        list([...traffic.uses, ...(callees.get(name) ?? []).map(({ child }) => child)]),
        list((callers.get(name) ?? []).map(({ parent }) => parent)),
        ...[profileOf(settings), memoryText(service)],
        ...(last ? [minuteOf(last.startedAt), last.actor] : ['-', '-']),
      ];
    }),
  };
}

function memoryText({ settings: { memory } }: Service): string {
  return memory === null ? 'no limit' : `${Math.round(memory / 1024 ** 2)} MiB`;
}

function endpointsSection({ state, environment }: Material): Section {
  return {
    id: 'endpoints',
    title: 'Endpoints',
    note: '',
    columns: columns('Endpoint', 'Service', 'Stage', 'URL', 'Pointer', 'Versions', 'Containers', 'Options'),
    rows: byName(state.endpoints).map((endpoint) => {
      const { name, service, stage, pointer } = endpoint;
      const behind = containersBehind(state, endpoint);
      const versions = [...new Set(behind.map(({ version }) => version))].join(' ') || '-';
      const containers = behind.map((container) => container.name).join(' ') || '-';
      const urls = endpointUrls(endpoint, environment).join(' ');
      return [name, service, stage, urls, pointer, versions, containers, optionsTyped(endpoint) || '-'];
    }),
  };
}

/** The same relation of several endpoints is one row. */
function relationsSection(state: State): Section {
  const relations = [
    ...groupsOf(state.edges, ({ parent, child, position }) =>
      JSON.stringify([parent, child, position]),
    ).values(),
  ];
  const declared = byName(state.services).flatMap(({ name, traffic }) =>
    traffic.uses
      .filter((used) => !state.edges.some(({ parent, child }) => parent === name && child === used))
      .map((used) => [name, 'uses', used, '-', 'no tree yet']),
  );
  const rows = relations.map((edges) => {
    const [first] = edges;
    const trees = edges.map(({ endpoint }) => endpoint).sort();
    const place = first?.position ?? 'follows the endpoint';
    return [first?.parent ?? '', 'calls', first?.child ?? '', place, trees.join(' ')];
  });
  return {
    id: 'relations',
    title: 'Relations',
    note: 'Which service calls which, and in the trees of which endpoints.',
    columns: columns('Service', 'Relation', 'Service called', 'At position', 'In the trees of'),
    rows: [...rows, ...declared].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1)),
  };
}

function hostsSection({ state, environment }: Material): Section {
  const known = new Set(environment.hosts.map(({ name }) => name));
  const forgotten = [...new Set(state.stacks.map(({ host }) => host))].filter((host) => !known.has(host));
  const stacks = groupsOf(state.stacks, ({ host }) => host);
  const tell = (name: string): (string | number)[] => [
    stacks.get(name)?.length ?? 0,
    runningOn(state, name).length,
  ];
  return {
    id: 'hosts',
    title: 'Hosts',
    note: '',
    columns: [
      ...columns('Host', 'Address', 'Ports', 'Labels', 'New stacks'),
      ...numbers('Stacks', 'Containers', 'Limit'),
    ],
    rows: [
      ...byName(environment.hosts).map(({ name, address, ports, labels, placement, maxContainers }) => [
        ...[name, address, `${ports.from}-${ports.to}`],
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ') || '-',
        ...[placement ? 'yes' : 'no', ...tell(name), maxContainers ?? '-'],
      ]),
      ...forgotten.sort().map((name) => [name, 'not in hosts.yml', '-', '-', 'no', ...tell(name), '-']),
    ],
  };
}

function balancersSection({ environment }: Material): Section {
  return {
    id: 'balancers',
    title: 'Load balancers',
    note: '',
    columns: [...columns('Load balancer', 'Public address'), ...numbers('Drain limit (s)')],
    rows: byName(environment.loadBalancers).map(({ name, address, drainLimit }) => [
      name,
      address ?? 'all',
      drainLimit,
    ]),
  };
}
