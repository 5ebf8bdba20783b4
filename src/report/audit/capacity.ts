import type { Host } from '../../model/environment.ts';
import { containersOn, ownersOf, serviceNamed } from '../../model/lookup.ts';
import { runningOn, standingOn } from '../../model/retention.ts';
import type { State } from '../../model/state.ts';
import { cardsOf } from '../graph/cards.ts';
import { groupsOf } from '../groups.ts';
import { lossesOf, servicesOnOneHost, type Loss } from './hostLoss.ts';
import { byName, type Material } from './material.ts';
import { columns, numbers, type Cell, type Report, type Section } from './report.ts';

/** How full the hosts are, and what the loss of any one of them would take down. */
export function capacityReport(material: Material): Report {
  const { state, environment, subject } = material;
  const losses = lossesOf(state);
  const dark = losses.filter((loss) => loss.dark.length > 0);
  const endpoints = new Set(dark.map(({ endpoint }) => endpoint.name)).size;
  const room = roomOf(state, environment.hosts);
  const balancers = environment.loadBalancers.length;
  return {
    kind: 'capacity',
    title: 'Capacity',
    about: `Containers on each host, and what is lost with any one of them.${balancers === 1 ? ' There is one load balancer: with it, every endpoint is lost.' : ''}`,
    subject,
    figures: [
      { label: 'hosts', value: String(environment.hosts.length) },
      {
        label: 'containers that run',
        value: String(environment.hosts.reduce((sum, { name }) => sum + runningOn(state, name).length, 0)),
      },
      { label: 'containers more by the limits', value: room === null ? 'no limit' : String(room) },
      {
        ...{ label: 'endpoints that one host takes down', value: String(endpoints) },
        tone: endpoints === 0 ? 'good' : 'bad',
      },
      { label: 'load balancers', value: String(balancers) },
    ],
    cards: cardsOf(state),
    stages: environment.rules.stages,
    sections: [
      hostsSection(material, losses),
      lossesSection(
        'dark',
        'What one host takes down',
        'Each row is an endpoint that goes dark with a host, or a part of what it calls does.',
        dark,
      ),
      lonelySection(state),
      lossesSection(
        'losses',
        'What each loss does to each endpoint',
        'Servers are the containers behind the endpoint. What the endpoint calls is in its tree.',
        losses,
      ),
    ],
  };
}

/** How many containers the hosts that take new stacks may still get; null where one of them has no limit. */
function roomOf(state: State, hosts: readonly Host[]): number | null {
  const open = hosts.filter(({ placement }) => placement);
  return open.reduce<number | null>((room, { name, maxContainers }) => {
    if (room === null || maxContainers === null) return null;
    return room + Math.max(0, maxContainers - runningOn(state, name).length);
  }, 0);
}

function hostsSection({ state, environment }: Material, losses: readonly Loss[]): Section {
  const byHost = groupsOf(losses, ({ host }) => host);
  const named = new Set(environment.hosts.map(({ name }) => name));
  const forgotten = [...new Set(state.stacks.map(({ host }) => host))]
    .filter((name) => !named.has(name))
    .sort();
  const tell = (name: string): Cell[] => {
    const mine = byHost.get(name) ?? [];
    const dark = mine.filter((loss) => loss.dark.length > 0).length;
    return [{ text: String(dark), ...(dark > 0 ? { tone: 'bad' as const } : {}) }, mine.length - dark];
  };
  return {
    id: 'hosts',
    title: 'Hosts',
    note: 'What is retained and stopped takes a port, and no place. Memory is the sum of the limits of what runs.',
    columns: [
      ...columns('Host', 'Used'),
      ...numbers('Containers', 'Limit', 'Retained', 'Ports free', 'Memory (MiB)', 'No memory limit'),
      ...columns('New stacks'),
      ...numbers('Endpoints dark', 'Endpoints thinner'),
    ],
    rows: [
      ...byName(environment.hosts).map((host): Cell[] => {
        const { name, maxContainers, ports, placement } = host;
        const running = runningOn(state, name).length;
        const standing = standingOn(state, name);
        const free = ports.to - ports.from + 1 - standing.length;
        return [
          ...[name, usedCell(running, maxContainers), running, maxContainers ?? '-'],
          ...[standing.length - containersOn(state, name).length, free, ...memoryOf(state, name)],
          ...[placement ? 'yes' : 'no', ...tell(name)],
        ];
      }),
      ...forgotten.map((name): Cell[] => {
        const running = runningOn(state, name).length;
        const retained = standingOn(state, name).length - containersOn(state, name).length;
        const unknown = { text: 'not in hosts.yml', tone: 'warn' as const };
        return [name, unknown, running, '-', retained, '-', ...memoryOf(state, name), 'no', ...tell(name)];
      }),
    ],
  };
}

function usedCell(running: number, limit: number | null): Cell {
  if (limit === null) return 'no limit';
  const share = limit === 0 ? Number(running > 0) : running / limit;
  const text = `${Math.round(share * 100)} %`;
  return { text, share: Math.min(1, share), ...(share > 0.9 ? { tone: 'warn' as const } : {}) };
}

/** The sum of the memory limits of what runs on a host, in MiB, and how many containers have none. */
function memoryOf(state: State, host: string): number[] {
  const limits = runningOn(state, host).map((row) => {
    const { service } = ownersOf(state, row);
    return serviceNamed(state, service.name)?.settings.memory ?? null;
  });
  const sum = limits.reduce<number>((total, limit) => total + (limit ?? 0), 0);
  return [Math.round(sum / 1024 ** 2), limits.filter((limit) => limit === null).length];
}

function lossesSection(id: string, title: string, note: string, losses: readonly Loss[]): Section {
  return {
    ...{ id, title, note },
    columns: [
      ...columns('Host', 'Endpoint', 'Stage'),
      ...numbers('Servers', 'Lost', 'Left'),
      ...columns('Verdict', 'Without any container', 'With fewer'),
    ],
    rows: losses.map(({ host, endpoint, servers, lost, dark, thinner }): Cell[] => [
      ...[host, endpoint.name, endpoint.stage, servers, lost, servers - lost],
      verdictOf(endpoint.service, lost, dark),
      ...[dark.join(' ') || '-', thinner.join(' ') || '-'],
    ]),
  };
}

function verdictOf(service: string, lost: number, dark: readonly string[]): Cell {
  if (dark.includes(service)) return { text: 'goes dark', tone: 'bad' };
  if (dark.length > 0) return { text: 'calls in vain', tone: 'bad' };
  return lost > 0 ? { text: 'has fewer servers', tone: 'dim' } : { text: 'calls with fewer', tone: 'dim' };
}

function lonelySection(state: State): Section {
  return {
    id: 'lonely',
    title: 'Services on one host alone',
    note: "'cmanage scale SERVICE --stacks 2' gives each a twin elsewhere.",
    columns: columns('Service', 'Host'),
    rows: servicesOnOneHost(state)
      .sort((a, b) => (a.service < b.service ? -1 : 1))
      .map(({ service, host }) => [service, host]),
  };
}
