import { containersOn } from '../../model/lookup.ts';
import { hostEntries, type HostEntry } from '../hosts.ts';
import type { Kind } from '../kind.ts';
import { answerColumn, answerOf } from './answers.ts';
import type { View } from './view.ts';

/** Docker hosts, and what the state has put on them. */
export function hostsKind(view: View): Kind<HostEntry> {
  const { state, environment, connection } = view;
  const { stages } = environment.rules;
  const hostNamed = (name: string) => environment.hosts.find((host) => host.name === name);
  return {
    name: 'host',
    none: 'There is no host: name those that run Docker in hosts.yml.',
    rows: hostEntries(state, environment, connection),
    nameOf: ({ name }) => name,
    entry: (host) => ({ ...host, ...answerOf(view, host.name) }),
    stagesOf: ({ name }) => containersOn(state, name).flatMap(({ position }) => stages[position] ?? []),
    hostsOf: ({ name }) => [name],
    columns: [
      { name: 'name', heading: 'Host', value: ({ name }) => name },
      { name: 'address', heading: 'Address', value: ({ address }) => address },
      { name: 'engine', heading: 'Engine', value: ({ engine }) => engine, rank: 5 },
      { name: 'ports', heading: 'Ports', value: ({ ports }) => ports, rank: 6 },
      {
        ...{ name: 'containers', heading: 'Containers', value: ({ containers }) => containers },
        tone: ({ containers, maxContainers }) =>
          maxContainers !== null && containers >= maxContainers ? 'attention' : null,
      },
      { name: 'limit', heading: 'Limit', value: ({ maxContainers }) => maxContainers, rank: 4 },
      { name: 'stacks', heading: 'Stacks', value: ({ stacks }) => stacks.join(' ') || null, wraps: 24 },
      {
        ...{ name: 'labels', heading: 'Labels', rank: 3 },
        value: ({ name }) => labelsText(hostNamed(name)?.labels ?? {}),
        shown: 'asked',
      },
      {
        ...{ name: 'placement', heading: 'Placement', shown: 'asked', rank: 3 },
        value: ({ name }) => (hostNamed(name)?.placement === true ? 'yes' : 'no'),
      },
      answerColumn(view),
    ],
  };
}

function labelsText(labels: Readonly<Record<string, string>>): string | null {
  return (
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ') || null
  );
}
