import { matchesPattern } from '../model/rules.ts';
import { UserError } from '../model/errors.ts';
import { containersAt, containersOf, endpointsOf, stacksOf } from '../model/lookup.ts';
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
  const session = await openSession(options, { write: false });
  try {
    let statusOf: StatusOf = deployed;
    if (options.live) {
      const { liveStatuses } = await import('./observe.ts');
      const statuses = await liveStatuses(session);
      statusOf = (container) => statuses(container.name);
    }
    const answer = answerOf(what, pattern, session.state, session.config, statusOf);
    console.log(renderAs(options.output, answer.data, () => answer.sheets.map(sheetText).join('\n\n')));
    return 0;
  } finally {
    await session.close();
  }
}

type Answer = { readonly data: unknown; readonly sheets: readonly Sheet[] };

function sheetText(sheet: Sheet): string {
  return renderSheet(sheet, terminalColumns());
}

function answerOf(
  what: Thing,
  pattern: string | null,
  state: State,
  config: Config,
  statusOf: StatusOf,
): Answer {
  const { environment } = config;
  const { stages } = environment.rules;
  switch (what) {
    case 'services': {
      const services = named(state.services, pattern, 'service');
      const data = services.map((service) => serviceEntry(state, service, stages, statusOf));
      const [service, ...others] = services;
      const details =
        pattern !== null && service && others.length === 0 ? detailsOf(service, state, config, statusOf) : [];
      return { data, sheets: [servicesSheet(state, services, stages), ...details] };
    }
    case 'endpoints': {
      const endpoints = named(state.endpoints, pattern, 'endpoint');
      const data = endpoints.map((endpoint) => endpointEntry(state, endpoint));
      const [endpoint, ...others] = endpoints;
      const one = pattern !== null && endpoint && others.length === 0 ? [endpoint] : [];
      const behind = one.map(({ service, pointer }) =>
        containersSheet(state, containersAt(state, service, pointer), stages, statusOf),
      );
      return { data, sheets: [endpointsSheet(state, endpoints, environment), ...behind] };
    }
    case 'stacks': {
      const stacks = named(state.stacks, pattern, 'stack');
      const data = stacks.map((stack) => stackEntry(state, stack, stages, statusOf));
      return { data, sheets: [stacksSheet(state, stacks, stages)] };
    }
    case 'containers': {
      const containers = named(state.containers, pattern, 'container');
      const data = containers.map((container) => containerEntry(state, container, stages, statusOf));
      return { data, sheets: [containersSheet(state, containers, stages, statusOf)] };
    }
    case 'hosts': {
      const hosts = named(hostEntries(state, config.environment, config.connection), pattern, 'host');
      return { data: hosts, sheets: [hostsSheet(hosts)] };
    }
    case 'state':
      return wholeState(state, config, statusOf);
  }
}

/** What else there is to see of one service: its endpoints and its containers. */
function detailsOf({ name }: Service, state: State, { environment }: Config, statusOf: StatusOf): Sheet[] {
  const containers = stacksOf(state, name).flatMap((stack) => containersOf(state, stack.name));
  return [
    endpointsSheet(state, endpointsOf(state, name), environment),
    containersSheet(state, containers, environment.rules.stages, statusOf),
  ];
}

function wholeState(state: State, config: Config, statusOf: StatusOf): Answer {
  const parts = (['services', 'endpoints', 'containers', 'hosts'] as const).map(
    (what) => [what, answerOf(what, null, state, config, statusOf)] as const,
  );
  const lists = Object.fromEntries(
    parts.filter(([what]) => what !== 'containers').map(([what, answer]) => [what, answer.data]),
  );
  const data = { environment: config.settings.environmentName, revision: state.revision, ...lists };
  return { data, sheets: parts.flatMap(([, answer]) => answer.sheets) };
}

/** The rows whose name matches; a name without a wildcard that matches nothing is a mistake and is said so. */
function named<Row extends { readonly name: string }>(
  rows: readonly Row[],
  pattern: string | null,
  what: string,
): Row[] {
  if (pattern === null) return [...rows];
  const found = rows.filter((row) => matchesPattern(pattern, row.name));
  if (found.length > 0 || /[*%]/.test(pattern)) return found;
  throw new UserError(`there is no ${what} ${pattern}: see 'cmanage show ${what}s'`);
}
