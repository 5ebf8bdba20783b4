import { stacksOf } from '../../model/lookup.ts';
import type { Endpoint } from '../../model/state.ts';
import { edgesOf } from '../../model/trees.ts';
import { endpointUrls, optionsTyped } from '../endpointText.ts';
import { endpointEntry, sharesBehind, versionBehind } from '../inventory.ts';
import type { Kind } from '../kind.ts';
import { treeEntry, treeInOneLine } from '../trees.ts';
import { changeColumns } from './services.ts';
import { noneOfServices, type View } from './view.ts';

/** Endpoints: where users come in, and which version answers them. */
export function endpointsKind(view: View, rows: readonly Endpoint[] = view.state.endpoints): Kind<Endpoint> {
  const { state, environment } = view;
  return {
    name: 'endpoint',
    none: noneOfServices(view, 'endpoint', "'cmanage addendpoint STAGE -s SERVICE -p PORT' opens one"),
    rows,
    nameOf: ({ name }) => name,
    entry: (endpoint) => endpointEntry(state, endpoint),
    stagesOf: ({ stage }) => [stage],
    hostsOf: ({ service }) => stacksOf(state, service).map(({ host }) => host),
    columns: [
      { name: 'name', heading: 'Endpoint', value: ({ name }) => name },
      { name: 'service', heading: 'Service', value: ({ service }) => service, rank: 6 },
      { name: 'stage', heading: 'Stage', value: ({ stage }) => stage },
      {
        ...{ name: 'url', heading: 'URL' },
        value: (endpoint) => endpointUrls(endpoint, environment).join(' '),
      },
      { name: 'pointer', heading: 'Pointer', value: ({ pointer }) => pointer, rank: 5 },
      {
        ...{ name: 'version', heading: 'Version', value: (endpoint) => versionBehind(state, endpoint) },
        text: (endpoint) => sharesBehind(state, endpoint) ?? '-',
      },
      {
        ...{ name: 'options', heading: 'Options', rank: 4 },
        value: (endpoint) => optionsTyped(endpoint) || null,
        shown: (endpoint) => optionsTyped(endpoint) !== '',
      },
      { name: 'port', heading: 'Port', value: ({ port }) => port, shown: 'asked' },
      ...changeColumns(view, ({ service }: Endpoint) => service),
    ],
  };
}

/** Service trees, of which each is an endpoint's. People get them drawn, unless they ask for columns. */
export function treesKind(view: View): Kind<Endpoint> {
  const { state } = view;
  const called = ({ name }: Endpoint): string[] => [
    ...new Set(edgesOf(state, name).map(({ child }) => child)),
  ];
  return {
    ...endpointsKind(view),
    name: 'tree',
    entry: (endpoint) => treeEntry(state, endpoint),
    columns: [
      { name: 'name', heading: 'Endpoint', value: ({ name }) => name },
      { name: 'stage', heading: 'Stage', value: ({ stage }) => stage },
      { name: 'port', heading: 'Port', value: ({ port }) => port, rank: 4 },
      { name: 'url', heading: 'Host name', value: ({ url }) => url, rank: 5 },
      {
        ...{ name: 'version', heading: 'Version', value: (endpoint) => versionBehind(state, endpoint) },
        text: (endpoint) => sharesBehind(state, endpoint) ?? '-',
      },
      { name: 'calls', heading: 'Calls', value: (endpoint) => called(endpoint).length, rank: 6 },
      { name: 'tree', heading: 'Tree', value: (endpoint) => treeInOneLine(state, endpoint) },
    ],
  };
}
