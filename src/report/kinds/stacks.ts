import { containersOf } from '../../model/lookup.ts';
import type { Stack } from '../../model/state.ts';
import { stackEntry } from '../inventory.ts';
import type { Kind } from '../kind.ts';
import { changeColumns } from './services.ts';
import { noneOfServices, statusesText, toneOfStatus, worst, type View } from './view.ts';

/** Stacks, each on its host, with what stands at its positions. */
export function stacksKind(view: View): Kind<Stack> {
  const { state, environment, shownStages, statusOf } = view;
  const { stages } = environment.rules;
  const versionsOf = ({ name }: Stack): string[] => containersOf(state, name).map(({ version }) => version);
  return {
    name: 'stack',
    none: noneOfServices(view, 'stack', "'cmanage scale SERVICE --stacks N' gives a service some"),
    rows: state.stacks,
    nameOf: ({ name }) => name,
    entry: (stack) => stackEntry(state, stack, stages, statusOf),
    stagesOf: (stack) => stages.slice(0, versionsOf(stack).length),
    hostsOf: ({ host }) => [host],
    columns: [
      { name: 'name', heading: 'Stack', value: ({ name }) => name },
      { name: 'service', heading: 'Service', value: ({ service }) => service, rank: 5 },
      { name: 'host', heading: 'Host', value: ({ host }) => host },
      { name: 'height', heading: 'Height', value: (stack) => versionsOf(stack).length, rank: 6 },
      ...shownStages.map((stage) => ({
        ...{ name: stage, heading: stage },
        value: (stack: Stack) => versionsOf(stack)[stages.indexOf(stage)] ?? null,
      })),
      {
        ...{ name: 'above', heading: 'Above', rank: 4 },
        value: (stack) => versionsOf(stack).slice(stages.length).join(' ') || null,
      },
      {
        ...{ name: 'health', heading: 'Health', shown: view.isLive ? () => true : 'asked' },
        value: ({ name }) => (view.isLive ? statusesText(containersOf(state, name), statusOf) : null),
        tone: ({ name }) => worst(containersOf(state, name).map((row) => toneOfStatus(statusOf(row)))),
      },
      ...changeColumns(view, ({ service }: Stack) => service),
    ],
  };
}
