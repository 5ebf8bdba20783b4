import { z } from 'zod';
import { keyOf } from '../model/change.ts';
import type { State } from '../model/state.ts';
import {
  containerRow,
  edgeRow,
  endpointRow,
  externalRow,
  retainedRow,
  serviceRow,
  stackRow,
} from './stateRows.ts';
import { readYaml } from './yaml.ts';

/** A whole state in a file, which `export` writes and `import` reads. */

export const stateFileFormat = 'cmanage-state/1';

/** 10,000 services with 60,000 containers are 18 MB, which take 20 s and 1.3 GB of memory to read. */
const largestFile = 64 * 1024 * 1024;

const stateFile = z
  .strictObject({
    format: z.literal(stateFileFormat, `this cmanage reads ${stateFileFormat}`),
    environment: z.uuid('give the id of an environment'),
    revision: z
      .int()
      .min(0)
      .max(2 ** 31),
    services: z.array(serviceRow),
    externals: z.array(externalRow),
    stacks: z.array(stackRow),
    containers: z.array(containerRow),
    endpoints: z.array(endpointRow),
    edges: z.array(edgeRow),
    retained: z.array(retainedRow),
  })
  .superRefine((file, context) => {
    for (const { path, message } of [...repeated(file), ...dangling(file), ...misplaced(file)])
      context.addIssue({ code: 'custom', path: [...path], message });
  });

/** A state with the environment it is of. Where values of variables were left out, they are null. */
export type StateFile = z.output<typeof stateFile>;

type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

/** Reads a state from a file. Every fault is reported with file, line and what to do; a UserError carries them all. */
export function readStateFile(path: string): StateFile {
  return readYaml(path, stateFile, largestFile);
}

/** What keeps rows from being a state that could stand in a file: a line for each fault. */
export function faultsIn(state: State, environment: string): string[] {
  const result = stateFile.safeParse({ format: stateFileFormat, environment, ...state });
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** A state as a file gives it; `value` finds the values that were left out, or says undefined. */
export function stateIn(
  file: StateFile,
  value: (service: string, name: string) => string | undefined,
): Taken {
  const lacking: string[] = [];
  const services = file.services.map((service) => {
    const env = Object.entries(service.settings.env).map(([name, given]): [string, string] => {
      const found = given ?? value(service.name, name);
      if (found === undefined) lacking.push(`${service.name} ${name}`);
      return [name, found ?? ''];
    });
    return { ...service, settings: { ...service.settings, env: Object.fromEntries(env) } };
  });
  const { revision, externals, stacks, containers, endpoints, edges, retained } = file;
  return {
    state: { revision, services, externals, stacks, containers, endpoints, edges, retained },
    lacking,
  };
}

/** A state, and the variables of which no value is known, as `SERVICE NAME`. */
export type Taken = { readonly state: State; readonly lacking: readonly string[] };

function repeated(file: StateFile): Fault[] {
  const tables = ['services', 'externals', 'stacks', 'endpoints', 'edges'] as const;
  const seen = new Set<string>();
  const containers = (['containers', 'retained'] as const).flatMap((table) =>
    file[table].map((row, index) => ({ table, key: `container ${row.name}`, index })),
  );
  const rows = tables.flatMap((table) =>
    file[table].map((row, index) => ({ table, key: `${table} ${keyOf(row)}`, index })),
  );
  return [...rows, ...containers].flatMap(({ table, key, index }) => {
    if (seen.has(key)) return [{ path: [table, index], message: `${key} is there twice` }];
    seen.add(key);
    return [];
  });
}

/** Rows that name what the file does not have. */
function dangling(file: StateFile): Fault[] {
  const namesOf = (rows: readonly { name: string }[]): Set<string> => new Set(rows.map((row) => row.name));
  const [services, stacks] = [namesOf(file.services), namesOf(file.stacks)];
  const [endpoints, called] = [namesOf(file.endpoints), namesOf([...file.services, ...file.externals])];
  const lacks = (
    known: Set<string>,
    kind: string,
    table: string,
    index: number,
    field: string,
    given: string,
  ) =>
    known.has(given)
      ? []
      : [{ path: [table, index, field], message: `there is no ${kind} ${given} in the file` }];
  return [
    ...file.stacks.flatMap((row, at) => lacks(services, 'service', 'stacks', at, 'service', row.service)),
    ...file.containers.flatMap((row, at) => lacks(stacks, 'stack', 'containers', at, 'stack', row.stack)),
    ...file.retained.flatMap((row, at) => lacks(stacks, 'stack', 'retained', at, 'stack', row.stack)),
    ...file.endpoints.flatMap((row, at) =>
      lacks(services, 'service', 'endpoints', at, 'service', row.service),
    ),
    ...file.edges.flatMap((row, at) => [
      ...lacks(endpoints, 'endpoint', 'edges', at, 'endpoint', row.endpoint),
      ...lacks(services, 'service', 'edges', at, 'parent', row.parent),
      ...lacks(called, 'service', 'edges', at, 'child', row.child),
    ]),
  ];
}

/** Positions of a stack go from 0 up without a gap. */
function misplaced({ containers }: StateFile): Fault[] {
  const taken = new Map<string, Set<number>>();
  const height = new Map<string, number>();
  for (const { stack } of containers) height.set(stack, (height.get(stack) ?? 0) + 1);
  return containers.flatMap(({ stack, position }, index) => {
    const others = taken.get(stack) ?? new Set();
    taken.set(stack, others);
    const most = (height.get(stack) ?? 1) - 1;
    const isWrong = position > most || others.has(position);
    others.add(position);
    const message = `${stack} has ${most + 1} containers, and so each of the positions 0 to ${most} once`;
    return isWrong ? [{ path: ['containers', index, 'position'], message }] : [];
  });
}
