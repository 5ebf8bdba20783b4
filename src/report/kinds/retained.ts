import { ownersOf } from '../../model/lookup.ts';
import type { Retained } from '../../model/state.ts';
import type { Kind } from '../kind.ts';
import { shortDigest } from '../planText.ts';
import { retainedEntry, timeText, untilOf } from '../retained.ts';
import type { View } from './view.ts';

/** What is retained of a service; a part of what is told of one. */
export function retainedKind(
  { state, statusOf }: Pick<View, 'state' | 'statusOf'>,
  rows: readonly Retained[],
): Kind<Retained> {
  return {
    name: 'retained',
    rows,
    nameOf: ({ name }) => name,
    entry: (row) => retainedEntry(state, row, statusOf),
    columns: [
      { name: 'name', heading: 'Retained', value: ({ name }) => name },
      { name: 'version', heading: 'Version', value: ({ version }) => version },
      {
        ...{ name: 'digest', heading: 'Digest', rank: 5 },
        value: ({ digest }) => digest,
        text: ({ digest }) => shortDigest(digest),
      },
      { name: 'host', heading: 'Host', value: (row) => ownersOf(state, row).stack.host },
      { name: 'port', heading: 'Port', value: ({ hostPort }) => hostPort, rank: 6 },
      { name: 'since', heading: 'Since', value: ({ retainedAt }) => timeText(retainedAt), rank: 4 },
      {
        ...{ name: 'until', heading: 'Until' },
        value: (row) => untilOf(row, ownersOf(state, row).service.retention),
      },
      { name: 'status', heading: 'Status', value: statusOf },
    ],
  };
}
