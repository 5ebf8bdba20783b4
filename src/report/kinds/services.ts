import { containersAt, containersOf, endpointsOf, heightOf, stacksOf } from '../../model/lookup.ts';
import { defaultProfile, profileOf } from '../../model/profile.ts';
import type { Container, Endpoint, Service } from '../../model/state.ts';
import { rollingText } from '../endpointText.ts';
import { serviceEntry } from '../inventory.ts';
import type { Column, Kind } from '../kind.ts';
import { retentionText } from '../retained.ts';
import { newerColumn, newerTags } from './upstream.ts';
import { addService, statusesText, toneOfStatus, worst, type View } from './view.ts';
import { minuteOf } from '../moments.ts';

/** Services: what stands at each stage, how they are called, how they come up, and what happened to them last. */
export function servicesKind(view: View): Kind<Service> {
  const { state, environment } = view;
  const { stages } = environment.rules;
  const containersIn = ({ name }: Service): Container[] =>
    stacksOf(state, name).flatMap((stack) => [...containersOf(state, stack.name)]);
  return {
    name: 'service',
    none: `There is no service yet: ${addService}.`,
    rows: state.services,
    nameOf: ({ name }) => name,
    entry: (service) => ({
      ...serviceEntry(state, service, stages, view.statusOf),
      newer: newerTags(view, service),
      lastChange: view.changes.get(service.name) ?? null,
    }),
    stagesOf: ({ name }) => stages.slice(0, heightOf(state, name)),
    hostsOf: ({ name }) => stacksOf(state, name).map(({ host }) => host),
    columns: [
      { name: 'name', heading: 'Service', value: ({ name }) => name },
      { name: 'image', heading: 'Image', value: ({ image }) => image, rank: 9 },
      {
        ...{ name: 'mode', heading: 'Mode', value: ({ traffic }) => traffic.mode, rank: 4 },
        shown: ({ traffic }) => traffic.mode === 'tcp',
      },
      { name: 'stacks', heading: 'Stacks', value: ({ name }) => stacksOf(state, name).length, rank: 6 },
      { name: 'height', heading: 'Height', value: ({ name }) => heightOf(state, name), rank: 7 },
      ...stageColumns(view),
      { name: 'endpoints', heading: 'Endpoints', value: endpointsText(view) },
      {
        ...{ name: 'uses', heading: 'Uses', rank: 5 },
        value: ({ traffic }) => traffic.uses.join(' ') || null,
        shown: ({ traffic }) => traffic.uses.length > 0,
      },
      {
        ...{ name: 'retains', heading: 'Retains', rank: 5 },
        value: (service) => (service.retention === null ? null : retentionText(service)),
        shown: ({ retention }) => retention !== null,
      },
      {
        ...{ name: 'profile', heading: 'Profile', value: ({ settings }) => profileOf(settings), rank: 5 },
        shown: ({ settings }) => profileOf(settings) !== defaultProfile,
      },
      {
        ...{ name: 'rolling', heading: 'Rolling', rank: 8 },
        value: ({ rolling }) => rollingText(rolling) || null,
        shown: ({ rolling }) => rollingText(rolling) !== '',
      },
      newerColumn(view),
      {
        ...{ name: 'health', heading: 'Health', shown: view.isLive ? () => true : 'asked' },
        value: (service) => (view.isLive ? statusesText(containersIn(service), view.statusOf) : null),
        tone: (service) => worst(containersIn(service).map((row) => toneOfStatus(view.statusOf(row)))),
      },
      ...changeColumns(view, ({ name }: Service) => name),
    ],
  };
}

/** What stands at each stage. Where twins differ, which nobody meant, each of the versions. */
function stageColumns({ state, environment, shownStages }: View): Column<Service>[] {
  return shownStages.map((stage) => {
    const position = environment.rules.stages.indexOf(stage);
    const versions = ({ name }: Service): string[] => [
      ...new Set(containersAt(state, name, position).map(({ version }) => version)),
    ];
    return {
      ...{ name: stage, heading: stage },
      value: (service) => versions(service).join('/') || null,
      tone: (service) => (versions(service).length > 1 ? 'bad' : null),
    };
  });
}

/** Each endpoint with its port, and with the position it answers from where that is not its stage's. */
function endpointsText({ state, environment, shownStages }: View): (service: Service) => string | null {
  const { stages } = environment.rules;
  return ({ name }) =>
    endpointsOf(state, name)
      .filter(({ stage }) => shownStages.includes(stage) || !stages.includes(stage))
      .map((endpoint) => `${shortName(endpoint)}:${endpoint.port}${elsewhere(endpoint, stages)}`)
      .join(' ') || null;
}

function shortName({ name, service }: Endpoint): string {
  return name.replace(`${service}-endpoint-`, '');
}

function elsewhere({ stage, pointer, options }: Endpoint, stages: readonly string[]): string {
  const sharing = options.weights.filter(({ weight }) => weight > 0);
  if (sharing.length > 0)
    return `@${sharing.map(({ position, weight }) => `${position}=${weight}`).join(',')}`;
  return stages[pointer] === stage ? '' : `@${pointer}`;
}

/** The last recorded change of the service that something belongs to. */
export function changeColumns<Row>(view: View, serviceOf: (row: Row) => string): Column<Row>[] {
  const changeOf = (row: Row) => view.changes.get(serviceOf(row));
  return [
    {
      ...{ name: 'changed', heading: 'Changed (UTC)', shown: 'screen', rank: 3 },
      value: (row) => changeOf(row)?.at ?? null,
      text: (row) => minuteOf(changeOf(row)?.at ?? ''),
    },
    {
      ...{ name: 'operation', heading: 'Operation', shown: 'asked', rank: 3 },
      value: (row) => changeOf(row)?.operation ?? null,
    },
    {
      ...{ name: 'change', heading: 'Last change', shown: 'asked', rank: 3 },
      value: (row) => changeOf(row)?.command ?? null,
    },
    {
      ...{ name: 'actor', heading: 'Changed by', shown: 'asked', rank: 3 },
      value: (row) => changeOf(row)?.actor ?? null,
    },
  ];
}
