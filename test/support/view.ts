import type { State } from '../../src/model/state.ts';
import { deployed } from '../../src/report/inventory.ts';
import { nothingAsked, type Asked, type Kind } from '../../src/report/kind.ts';
import type { View } from '../../src/report/kinds/view.ts';
import { listingOf, type Audience } from '../../src/report/listing.ts';
import type { Sheet } from '../../src/report/table.ts';
import { makeEnvironment } from './makeState.ts';

/** What a state is shown from where nobody was asked and nothing is recorded. */
export function makeView(state: State, given: Partial<View> = {}): View {
  const environment = makeEnvironment();
  return {
    ...{ state, environment, shownStages: environment.rules.stages, statusOf: deployed },
    connection: { engines: [], balancers: [], registries: [] },
    ...{ isLive: false, isUpstreamAsked: false },
    ...{ answers: new Map(), changes: new Map(), upstream: new Map() },
    ...given,
  };
}

/** The table of a kind, as some audience gets it: its heading and its rows. */
export function sheetIn<Row>(
  kind: Kind<Row>,
  asked: Partial<Asked> = {},
  audience: Audience = 'pipe',
): Sheet {
  const { head, rows } = listingOf(kind, { ...nothingAsked, ...asked }).sheet(audience);
  return { head, rows };
}
