import { Option, type Argument } from 'commander';

/** What a value of the command line names, where that can be looked up. */
export type Kind =
  | 'services'
  | 'callees'
  | 'endpoints'
  | 'externals'
  | 'hosts'
  | 'stages'
  | 'rules'
  | 'versions'
  | 'operations'
  | 'unfinished'
  | 'shown'
  | 'commands'
  | 'files'
  | 'directories';

/** By the name that a value has in the declarations, such as `<service>`. Null where it is whatever the user likes. */
const byName: Readonly<Record<string, Kind | null>> = {
  ...{ service: 'services', services: 'callees', names: 'callees' },
  ...{ endpoint: 'endpoints', endpoints: 'endpoints', stage: 'stages', stages: 'stages' },
  ...{
    versions: 'versions',
    rule: 'rules',
    command: 'commands',
    id: 'operations',
    file: 'files',
    dir: 'directories',
  },
  ...{ address: null, host: null, event: null, ms: null, n: null, 'n|time': null, name: null, path: null },
  ...{ percent: null, percentages: null, port: null, position: null, 'position=weight': null, ratio: null },
  ...{
    repairs: null,
    repository: null,
    s: null,
    seconds: null,
    size: null,
    text: null,
    time: null,
    user: null,
  },
  ...{
    columns: null,
    goal: null,
    when: null,
    left: 'endpoints',
    right: 'endpoints',
    lines: null,
    states: null,
  },
  ...{ 'NAME=file': null, 'NAME=value': null, 'STAGE=HOST:PORT': null, 'uid[:gid]': null, words: null },
};

/** Those of which the name says too little, by the command and the option's or the argument's name. */
const byPlace: Readonly<Record<string, Kind | null>> = {
  ...{ 'addendpoint name': 'stages', 'addendpoint --service': 'services', 'pop --service': 'services' },
  ...{ 'rules --service': 'services', 'show name': 'shown', 'changeservice name': 'services' },
  ...{ 'changeexternal name': 'externals', 'delete service name': 'services' },
  ...{ 'delete endpoint name': 'endpoints', 'delete external name': 'externals' },
  ...{ 'connect service': 'callees', 'disconnect service': 'callees', 'changetree --child': 'callees' },
  ...{ 'host drain host': 'hosts', 'forgethost host': 'hosts', 'recover --environment': null },
  ...{ 'resume id': 'unfinished', 'rollback --operation': 'unfinished', 'unlock --operation': 'unfinished' },
};

/** What stands for a value; null where nothing can be offered, undefined where nobody has said yet. */
export function kindOf(path: string, value: Argument | Option): Kind | null | undefined {
  const place = `${path} ${value instanceof Option ? (value.long ?? '') : value.name()}`;
  const kind = byPlace[place];
  return kind === undefined ? byName[valueName(value)] : kind;
}

/** The name in angle or square brackets: `services` of `--children <services...>`. */
export function valueName(value: Argument | Option): string {
  if (!(value instanceof Option)) return value.name();
  return (/[<[](.*)[>\]]$/.exec(value.flags)?.[1] ?? '').replace(/\.\.\.$/, '');
}
