import { ownersOf } from '../../model/lookup.ts';
import type { Container } from '../../model/state.ts';
import { containerEntry } from '../inventory.ts';
import type { Kind } from '../kind.ts';
import { shortDigest } from '../planText.ts';
import { noneOfServices, toneOfStatus, type View } from './view.ts';

/** Containers: which version stands where, by which bits, and how it is. */
export function containersKind(
  view: View,
  rows: readonly Container[] = view.state.containers,
): Kind<Container> {
  const { state, environment, statusOf } = view;
  const { stages } = environment.rules;
  const stageOf = ({ position }: Container): string | null => stages[position] ?? null;
  const stackOf = (container: Container) => ownersOf(state, container).stack;
  return {
    name: 'container',
    none: noneOfServices(
      view,
      'container',
      "'cmanage release SERVICE -v VERSION...' puts some on its stacks",
    ),
    rows,
    nameOf: ({ name }) => name,
    entry: (container) => containerEntry(state, container, stages, statusOf),
    stagesOf: (container) => [stageOf(container)].filter((stage) => stage !== null),
    hostsOf: (container) => [stackOf(container).host],
    columns: [
      { name: 'name', heading: 'Container', value: ({ name }) => name },
      { name: 'position', heading: 'Pos', value: ({ position }) => position },
      { name: 'stage', heading: 'Stage', value: stageOf },
      { name: 'version', heading: 'Version', value: ({ version }) => version },
      {
        ...{ name: 'digest', heading: 'Digest', rank: 5 },
        value: ({ digest }) => digest,
        text: ({ digest }) => shortDigest(digest),
      },
      { name: 'host', heading: 'Host', value: (container) => stackOf(container).host },
      { name: 'port', heading: 'Port', value: ({ hostPort }) => hostPort, rank: 4 },
      {
        ...{ name: 'status', heading: 'Status', value: statusOf },
        tone: (container) => toneOfStatus(statusOf(container)),
      },
      { name: 'service', heading: 'Service', value: (row) => stackOf(row).service, shown: 'asked', rank: 3 },
      { name: 'stack', heading: 'Stack', value: ({ stack }) => stack, shown: 'asked', rank: 3 },
    ],
  };
}
