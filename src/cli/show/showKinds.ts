import { containersOf, endpointNamed, endpointsOf, stacksOf } from '../../model/lookup.ts';
import { matchesPattern } from '../../model/rules.ts';
import type { Service } from '../../model/state.ts';
import { containersBehind } from '../../model/trees.ts';
import { nothingAsked, withoutOnScreen, type Asked } from '../../report/kind.ts';
import { containersKind } from '../../report/kinds/containers.ts';
import { endpointsKind, treesKind } from '../../report/kinds/endpoints.ts';
import { externalsKind } from '../../report/kinds/externals.ts';
import { hostsKind } from '../../report/kinds/hosts.ts';
import { linksKind } from '../../report/kinds/links.ts';
import { loadBalancersKind } from '../../report/kinds/loadBalancers.ts';
import { locksKind } from '../../report/kinds/operations.ts';
import { releasesKind } from '../../report/kinds/releases.ts';
import { retainedKind } from '../../report/kinds/retained.ts';
import { servicesKind } from '../../report/kinds/services.ts';
import { stacksKind } from '../../report/kinds/stacks.ts';
import type { LastChange, View } from '../../report/kinds/view.ts';
import { listingOf, type Listing } from '../../report/listing.ts';
import { retainedOfService } from '../../report/retained.ts';
import { treeText } from '../../report/trees.ts';
import { readOperations } from '../../store/history.ts';
import type { Thing } from '../commands/show.ts';
import type { Session } from '../session.ts';
import { answerOf, orNone, type Answer } from './showAnswer.ts';
import { showOperations } from './showOperations.ts';

type Look = {
  readonly view: View;
  readonly asked: Asked;
  readonly session: Session;
};

/** How each kind is answered. */
export const answers: Readonly<Record<Thing, (look: Look) => Answer | Promise<Answer>>> = {
  services: ({ view, asked }) =>
    answerOf(
      listingOf(servicesKind(view), asked),
      onlyOne(view.state.services, asked).flatMap((service) => detailsOf(service, view)),
    ),
  stacks: ({ view, asked }) => answerOf(listingOf(stacksKind(view), asked)),
  containers: ({ view, asked }) => answerOf(listingOf(containersKind(view), asked)),
  endpoints: ({ view, asked }) => {
    const behind = onlyOne(view.state.endpoints, asked).map((endpoint) =>
      listingOf(containersKind(view, containersBehind(view.state, endpoint)), nothingAsked),
    );
    return answerOf(listingOf(endpointsKind(view), asked), behind);
  },
  trees: ({ view, asked }) => {
    const answer = answerOf(listingOf(treesKind(view), asked));
    if (asked.columns) return answer;
    // What is drawn has no columns that somebody could count.
    if (answer.listings[0].count === 0) return orNone(answer);
    const endpoints = answer.listings[0].names().map((name) => endpointNamed(view.state, name));
    return { ...answer, texts: endpoints.flatMap((row) => (row ? [treeText(view.state, row)] : [])) };
  },
  hosts: ({ view, asked }) => answerOf(listingOf(hostsKind(view), asked)),
  loadbalancers: ({ view, asked }) => answerOf(listingOf(loadBalancersKind(view), asked)),
  externals: ({ view, asked }) => answerOf(listingOf(externalsKind(view), asked)),
  links: ({ view, asked }) => answerOf(listingOf(linksKind(view), asked)),
  releases: async ({ view, asked, session }) => {
    const recorded = (await readOperations(session.database.source)).filter(
      ({ revision }) => revision !== null,
    );
    return answerOf(listingOf(releasesKind(view, recorded), asked));
  },
  operations: ({ asked, session }) => showOperations(asked, session),
  locks: async ({ asked, session }) => {
    const { readLocks } = await import('../lock.ts');
    return orNone(answerOf(listingOf(locksKind(await readLocks(session)), asked)));
  },
  state: ({ view, session }) => wholeState(view, session),
};

function wholeState(view: View, { state, config }: Session): Answer {
  const services = listingOf(servicesKind(view), nothingAsked);
  const externals = listingOf(externalsKind(view), nothingAsked);
  const endpoints = listingOf(endpointsKind(view), nothingAsked);
  const hosts = listingOf(hostsKind(view), nothingAsked);
  const containers = listingOf(containersKind(view), nothingAsked);
  return {
    data: () => ({
      ...{ environment: config.settings.environmentName, revision: state.revision },
      ...{ services: services.entries(), externals: externals.entries() },
      ...{ endpoints: endpoints.entries(), hosts: hosts.entries() },
    }),
    listings: [services, ...(externals.count > 0 ? [externals] : []), endpoints, containers, hosts],
  };
}

/** The row that was asked for by its name, of which more is told than in a list. */
function onlyOne<Row extends { readonly name: string }>(
  rows: readonly Row[],
  { pattern, columns }: Asked,
): readonly Row[] {
  if (pattern === null || columns !== null) return [];
  const found = rows.filter(({ name }) => matchesPattern(pattern, name));
  return found.length === 1 ? found : [];
}

/** What else there is to see of one service: its stacks, its endpoints, its containers, and what is retained of them. */
function detailsOf({ name }: Service, all: View): Listing[] {
  // That it changed last is told of the service itself.
  const view = { ...all, changes: new Map<string, LastChange>() };
  const { state } = view;
  const containers = stacksOf(state, name).flatMap((stack) => containersOf(state, stack.name));
  const retained = retainedOfService(state, name);
  return [
    listingOf(withoutOnScreen({ ...stacksKind(view), rows: stacksOf(state, name) }, 'service'), nothingAsked),
    listingOf(withoutOnScreen(endpointsKind(view, endpointsOf(state, name)), 'service'), nothingAsked),
    listingOf(containersKind(view, containers), nothingAsked),
    ...(retained.length === 0 ? [] : [listingOf(retainedKind(view, retained), nothingAsked)]),
  ];
}
