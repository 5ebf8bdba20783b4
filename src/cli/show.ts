import { isPattern, matchesPattern } from '../model/rules.ts';
import { UserError } from '../model/errors.ts';
import { containersBehind } from '../model/trees.ts';
import { containersOf, endpointsOf, stacksOf } from '../model/lookup.ts';
import type { Service, State } from '../model/state.ts';
import {
  containerEntry,
  containersSheet,
  deployed,
  endpointEntry,
  endpointsSheet,
  serviceEntry,
  servicesSheet,
  stackEntry,
  stacksSheet,
  type StatusOf,
} from '../report/inventory.ts';
import { externalEntry, externalsSheet } from '../report/externals.ts';
import { treeEntry, treeText } from '../report/trees.ts';
import { retainedOfService, retainedSheet } from '../report/retained.ts';
import { hostEntries, hostsSheet } from '../report/hosts.ts';
import { renderAs, renderSheet, type Sheet } from '../report/table.ts';
import type { Config } from '../config/config.ts';
import { terminalColumns, type CommonOptions } from './options.ts';
import { openSession } from './session.ts';
import type { Thing } from './commands/show.ts';

/** Shows what the state holds. With `live`, the status of each container is what its engine says now. */
export async function show(
  what: Thing,
  pattern: string | null,
  options: CommonOptions & { live: boolean },
): Promise<number> {
  const session = await openSession(options, { write: false, concerns: concernsOf(what, pattern) });
  try {
    let statusOf: StatusOf = deployed;
    if (options.live) {
      const { liveStatuses } = await import('./observe.ts');
      const statuses = await liveStatuses(session);
      statusOf = (container) => statuses(container.name);
    }
    const answer = answers[what]({ state: session.state, config: session.config, pattern, statusOf });
    console.log(renderAs(options.output, answer.data, () => textOf(answer)));
    return 0;
  } finally {
    await session.close();
  }
}

/** One service by its name needs no more than its part of the state; everything else is about all of it. */
function concernsOf(what: Thing, pattern: string | null): readonly string[] | undefined {
  return what === 'services' && pattern !== null && !isPattern(pattern) ? [pattern] : undefined;
}

function textOf({ sheets, texts = [] }: Answer): string {
  return [...sheets.map((sheet) => renderSheet(sheet, terminalColumns())), ...texts].join('\n\n');
}

/** What is looked at: the state, and which of its rows. */
type View = {
  readonly state: State;
  readonly config: Config;
  readonly pattern: string | null;
  readonly statusOf: StatusOf;
};

/** The same rows for programs and for people. */
type Answer = {
  readonly data: unknown;
  readonly sheets: readonly Sheet[];
  /** Drawings, which are no tables. */
  readonly texts?: readonly string[];
};

const answers: Readonly<Record<Thing, (view: View) => Answer>> = {
  services: (view) => {
    const { state, pattern, statusOf } = view;
    const services = named(state.services, pattern, 'service');
    const stages = stagesOf(view);
    const details = onlyOne(services, pattern).flatMap((service) => detailsOf(service, view));
    const data = services.map((service) => serviceEntry(state, service, stages, statusOf));
    return { data, sheets: [servicesSheet(state, services, stages), ...details] };
  },
  externals: ({ state, config, pattern }) => {
    const externals = named(state.externals, pattern, 'external');
    const data = externals.map((external) => externalEntry(state, external));
    return { data, sheets: [externalsSheet(state, externals, config.environment.rules.stages)] };
  },
  endpoints: (view) => {
    const { state, config, pattern, statusOf } = view;
    const endpoints = named(state.endpoints, pattern, 'endpoint');
    const behind = onlyOne(endpoints, pattern).map((endpoint) =>
      containersSheet(state, containersBehind(state, endpoint), stagesOf(view), statusOf),
    );
    const data = endpoints.map((endpoint) => endpointEntry(state, endpoint));
    return { data, sheets: [endpointsSheet(state, endpoints, config.environment), ...behind] };
  },
  trees: ({ state, pattern }) => {
    const endpoints = named(state.endpoints, pattern, 'endpoint');
    const data = endpoints.map((endpoint) => treeEntry(state, endpoint));
    return { data, sheets: [], texts: endpoints.map((endpoint) => treeText(state, endpoint)) };
  },
  stacks: (view) => {
    const { state, pattern, statusOf } = view;
    const stacks = named(state.stacks, pattern, 'stack');
    const data = stacks.map((stack) => stackEntry(state, stack, stagesOf(view), statusOf));
    return { data, sheets: [stacksSheet(state, stacks, stagesOf(view))] };
  },
  containers: (view) => {
    const { state, pattern, statusOf } = view;
    const containers = named(state.containers, pattern, 'container');
    const data = containers.map((container) => containerEntry(state, container, stagesOf(view), statusOf));
    return { data, sheets: [containersSheet(state, containers, stagesOf(view), statusOf)] };
  },
  hosts: ({ state, config, pattern }) => {
    const hosts = named(hostEntries(state, config.environment, config.connection), pattern, 'host');
    return { data: hosts, sheets: [hostsSheet(hosts)] };
  },
  state: (given) => {
    const view = { ...given, pattern: null };
    const { state, config } = view;
    const [services, externals, endpoints, containers, hosts] = [
      answers.services(view),
      answers.externals(view),
      answers.endpoints(view),
      answers.containers(view),
      answers.hosts(view),
    ];
    return {
      data: {
        ...{ environment: config.settings.environmentName, revision: state.revision },
        ...{ services: services.data, externals: externals.data },
        ...{ endpoints: endpoints.data, hosts: hosts.data },
      },
      sheets: [
        services,
        ...(state.externals.length > 0 ? [externals] : []),
        endpoints,
        containers,
        hosts,
      ].flatMap((answer) => answer.sheets),
    };
  },
};

function stagesOf({ config }: View): readonly string[] {
  return config.environment.rules.stages;
}

/** The row that was asked for by its name, of which more is told than in a list. */
function onlyOne<Row>(rows: readonly Row[], pattern: string | null): readonly Row[] {
  return pattern !== null && rows.length === 1 ? rows : [];
}

/** What else there is to see of one service: its endpoints, its containers, and what is retained of them. */
function detailsOf({ name }: Service, view: View): Sheet[] {
  const { state, config, statusOf } = view;
  const containers = stacksOf(state, name).flatMap((stack) => containersOf(state, stack.name));
  const retained = retainedOfService(state, name);
  return [
    endpointsSheet(state, endpointsOf(state, name), config.environment),
    containersSheet(state, containers, stagesOf(view), statusOf),
    ...(retained.length === 0 ? [] : [retainedSheet(state, retained, statusOf)]),
  ];
}

/** The rows whose name matches; a name without a wildcard that matches nothing is a mistake and is said so. */
function named<Row extends { readonly name: string }>(
  rows: readonly Row[],
  pattern: string | null,
  what: string,
): Row[] {
  if (pattern === null) return [...rows];
  const found = rows.filter((row) => matchesPattern(pattern, row.name));
  if (found.length > 0 || isPattern(pattern)) return found;
  throw new UserError(`there is no ${what} ${pattern}: see 'cmanage show ${what}s'`);
}
