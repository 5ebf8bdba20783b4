import { targetAt } from '../../model/lookup.ts';
import type { External } from '../../model/state.ts';
import { targetText } from '../../model/traffic.ts';
import { callersOf, externalEntry } from '../externals.ts';
import type { Kind } from '../kind.ts';
import type { View } from './view.ts';

/** External services: where they answer at each stage, and who calls them. */
export function externalsKind({ state, shownStages }: Pick<View, 'state' | 'shownStages'>): Kind<External> {
  return {
    name: 'external',
    none: "There is no external service: 'cmanage addexternal NAME --target STAGE=HOST:PORT...' adds one.",
    rows: state.externals,
    nameOf: ({ name }) => name,
    entry: (external) => externalEntry(state, external),
    stagesOf: ({ targets }) => targets.map(({ stage }) => stage),
    columns: [
      { name: 'name', heading: 'External', value: ({ name }) => name },
      { name: 'mode', heading: 'Mode', value: ({ mode }) => mode, rank: 5 },
      ...shownStages.map((stage) => ({
        ...{ name: stage, heading: stage },
        value: (external: External) => {
          const target = targetAt(external, stage);
          return target ? targetText(target) : null;
        },
      })),
      { name: 'health', heading: 'Health', value: ({ healthPath }) => healthPath ?? 'connection', rank: 4 },
      {
        name: 'callers',
        heading: 'Called by',
        value: ({ name }) => callersOf(state, name).join(' ') || null,
      },
    ],
  };
}
