import { containersOf, ownersOf, stacksOf } from '../../model/lookup.ts';
import type { Container, State } from '../../model/state.ts';
import { positionsInUse } from '../../model/trees.ts';
import { groupsOf } from '../groups.ts';
import { shortDigest } from '../planText.ts';
import { byName, type Material } from './material.ts';
import { columns, numbers, type Section } from './report.ts';

/** For people with digests cut short, for programs with the whole ones. */
export function containerSections({ state, environment }: Material): Section[] {
  const { stages } = environment.rules;
  const addresses = new Map(environment.hosts.map(({ name, address }) => [name, address]));
  const used = new Map(state.services.map(({ name }) => [name, new Set(positionsInUse(state, name))]));
  const placed = byName(state.services).flatMap(({ name }) =>
    stacksOf(state, name).flatMap((stack) => containersOf(state, stack.name)),
  );
  const rowOf = (container: Container, digest: string): (string | number)[] => {
    const { stack, service } = ownersOf(state, container);
    const serves = used.get(service.name)?.has(container.position) === true ? 'yes' : 'no';
    return [
      ...[container.name, service.name, stack.name, stack.host],
      ...[`${addresses.get(stack.host) ?? '?'}:${container.hostPort}`, container.position],
      ...[stages[container.position] ?? '-', serves, container.version, digest],
    ];
  };
  const shape = {
    note: 'A container serves where an endpoint or a caller sends it requests.',
    columns: [
      ...columns('Container', 'Service', 'Stack', 'Host', 'Address'),
      ...numbers('Position'),
      ...columns('Stage', 'Serves', 'Version', 'Digest'),
    ],
  };
  return [
    {
      ...{ id: 'containers', title: 'Containers', ...shape },
      rows: placed.map((container) => rowOf(container, shortDigest(container.digest))),
    },
    {
      ...{ id: 'items', title: 'Containers with whole digests', ...shape, for: 'data' },
      rows: placed.map((container) => rowOf(container, container.digest)),
    },
  ];
}

export function imagesSection(state: State): Section {
  const imageOf = (container: Container): string =>
    JSON.stringify([ownersOf(state, container).service.image, container.version, container.digest]);
  const images = [...groupsOf(state.containers, imageOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: 'images',
    title: 'Images',
    note: 'The very bits: a digest is pinned when a version is released, and a promotion does not change it.',
    columns: [...columns('Image', 'Version', 'Digest'), ...numbers('Containers')],
    rows: images.map(([image, containers]) => [...(JSON.parse(image) as string[]), containers.length]),
  };
}
