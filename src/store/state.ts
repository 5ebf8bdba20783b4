import type { DataSource, EntitySchema, ObjectLiteral } from 'typeorm';
import { canonicalText } from '../model/canonical.ts';
import {
  keyOf,
  stateTables,
  type RowChange,
  type RowOf,
  type StateChange,
  type Table,
} from '../model/change.ts';
import { UserError } from '../model/errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { completeService } from '../model/service.ts';
import { endpointOptions } from '../model/traffic.ts';
import type { Endpoint, Service, State } from '../model/state.ts';
import type { EnvironmentRow } from './rows.ts';
import { selectAll, selectRows } from './select.ts';
import {
  containerTable,
  edgeTable,
  endpointTable,
  externalTable,
  environmentTable,
  retainedTable,
  serviceTable,
  stackTable,
} from './tables.ts';

/** Loads the whole state, in one read transaction so that it is of one revision. */
export async function loadState(source: DataSource): Promise<State> {
  return inOneReading(source, async () => ({
    revision: (await readEnvironment(source)).revision,
    services: (await selectAll(source, serviceTable, 'ORDER BY name')).map(complete),
    stacks: await selectAll(source, stackTable, 'ORDER BY name'),
    containers: await selectAll(source, containerTable, 'ORDER BY stack, position'),
    endpoints: (await selectAll(source, endpointTable, 'ORDER BY service, pointer, name')).map(withOptions),
    edges: await selectAll(source, edgeTable, 'ORDER BY endpoint, parent, child'),
    externals: await selectAll(source, externalTable, 'ORDER BY name'),
    retained: await selectAll(source, retainedTable, 'ORDER BY name'),
  }));
}

/**
 * Loads the part of the state that a change to containers of some services depends on, whatever the size of the rest:
 * the services with all that is theirs, the trees they are in, everything on their hosts (for ports and capacity), and
 * services whose names begin like theirs (for the uniqueness of names). Every row that another one names is there too,
 * and every external service: there are few.
 */
export async function loadPart(source: DataSource, names: readonly string[]): Promise<State> {
  return inOneReading(source, async () => {
    const { revision } = await readEnvironment(source);
    const given = JSON.stringify(names);
    const edges = await selectRows(
      source,
      edgeTable,
      `WHERE endpoint IN (SELECT name FROM endpoint WHERE service IN (${listed})
         UNION SELECT endpoint FROM edge WHERE parent IN (${listed}) OR child IN (${listed}))
       ORDER BY endpoint, parent, child`,
      [given, given, given],
    );
    const endpoints = await selectEndpoints(
      source,
      `WHERE service IN (${listed}) OR name IN (${listed}) ORDER BY service, pointer, name`,
      [given, JSON.stringify(edges.map((edge) => edge.endpoint))],
    );
    const related = [
      ...new Set([
        ...names,
        ...edges.flatMap(({ parent, child }) => [parent, child]),
        ...endpoints.map((endpoint) => endpoint.service),
      ]),
    ];
    const stacks = await selectRows(
      source,
      stackTable,
      `WHERE service IN (${listed}) OR host IN (SELECT host FROM stack WHERE service IN (${listed})) ORDER BY name`,
      [JSON.stringify(related), given],
    );
    const owners = JSON.stringify([...new Set([...related, ...stacks.map((stack) => stack.service)])]);
    return {
      revision,
      services: await selectServices(
        source,
        // In the order of characters, '.' follows '-': these are the names that begin with NAME-. What a service uses
        // has a row too, and so on.
        `WHERE name IN (
           WITH RECURSIVE wanted(name) AS (
             ${listed} UNION
             SELECT other.name FROM json_each(?) CROSS JOIN service AS other
             WHERE other.name > value || '-' AND other.name < value || '.'
             UNION
             SELECT used.value FROM wanted JOIN service ON service.name = wanted.name
             CROSS JOIN json_each(service.traffic, '$.uses') AS used)
           SELECT name FROM wanted)
         ORDER BY name`,
        [owners, given],
      ),
      stacks,
      containers: await selectRows(
        source,
        containerTable,
        `WHERE stack IN (${listed}) ORDER BY stack, position`,
        [JSON.stringify(stacks.map((stack) => stack.name))],
      ),
      endpoints,
      edges,
      externals: await selectRows(source, externalTable, 'ORDER BY name'),
      retained: await selectRows(source, retainedTable, `WHERE stack IN (${listed}) ORDER BY name`, [
        JSON.stringify(stacks.map((stack) => stack.name)),
      ]),
    };
  });
}

async function selectServices(source: DataSource, rest: string, parameters: string[]): Promise<Service[]> {
  return (await selectRows(source, serviceTable, rest, parameters)).map(complete);
}

async function selectEndpoints(source: DataSource, rest: string, parameters: string[]): Promise<Endpoint[]> {
  const rows = await selectRows(source, endpointTable, rest, parameters);
  return rows.map(withOptions);
}

function withOptions(row: Endpoint): Endpoint {
  return { ...row, options: endpointOptions(row.options) };
}

/** Settings are one column, of which the database checks nothing. */
function complete(service: Service): Service {
  const settings = service.settings as object | null;
  const lacking = Object.keys(defaultSettings).filter((key) => settings === null || !(key in settings));
  if (lacking.length === 0) return completeService(service);
  const fact = `the settings of service ${service.name} lack ${lacking.join(', ')}`;
  throw new UserError(`the state database is damaged: ${fact}; restore a backup`);
}

/** A list given as one JSON parameter, so that its length does not matter. */
const listed = 'SELECT value FROM json_each(?)';

/** One read transaction, so that all that is read is of one revision. */
async function inOneReading<T>(source: DataSource, read: () => Promise<T>): Promise<T> {
  await source.query('BEGIN');
  try {
    return await read();
  } finally {
    await source.query('COMMIT');
  }
}

export async function readEnvironment(source: DataSource): Promise<EnvironmentRow> {
  const [row] = await source.getRepository(environmentTable).find();
  if (!row) throw new Error('the state database has no environment row');
  return row;
}

/**
 * Writes a change and the next revision. To be called inside a transaction, with the revision of now. It succeeds only where
 * every row it removes is as the change knew it, so that no update is ever lost; and it touches the rows of the change alone.
 */
export async function saveChange(source: DataSource, change: StateChange, from: number): Promise<void> {
  const { revision } = await readEnvironment(source);
  if (revision !== from) {
    throw new Error(`the state is at revision ${revision}, and this change began at ${from}`);
  }
  await refuseOtherRows(source, change);
  await replaceRows(source, serviceTable, change.services);
  await replaceRows(source, stackTable, change.stacks);
  await replaceRows(source, containerTable, change.containers);
  await replaceRows(source, endpointTable, change.endpoints);
  await replaceRows(source, edgeTable, change.edges);
  await replaceRows(source, externalTable, change.externals);
  await replaceRows(source, retainedTable, change.retained);
  await source.getRepository(environmentTable).update({ revision }, { revision: revision + 1 });
}

/** Refuses a change of rows that are not there as it knew them. */
async function refuseOtherRows(source: DataSource, change: StateChange): Promise<void> {
  const byName = `WHERE name IN (${listed})`;
  const readers: { readonly [T in Table]: (keys: string) => Promise<RowOf<T>[]> } = {
    services: (keys) => selectServices(source, byName, [keys]),
    stacks: (keys) => selectRows(source, stackTable, byName, [keys]),
    containers: (keys) => selectRows(source, containerTable, byName, [keys]),
    endpoints: (keys) => selectEndpoints(source, byName, [keys]),
    edges: (keys) =>
      selectRows(source, edgeTable, `WHERE endpoint || ' ' || parent || ' ' || child IN (${listed})`, [keys]),
    externals: (keys) => selectRows(source, externalTable, byName, [keys]),
    retained: (keys) => selectRows(source, retainedTable, byName, [keys]),
  };
  for (const table of stateTables) {
    const removed: readonly RowOf<Table>[] = change[table].removed;
    if (removed.length === 0) continue;
    const rows: readonly RowOf<Table>[] = await readers[table](JSON.stringify(removed.map(keyOf)));
    const found = new Map(rows.map((row) => [keyOf(row), canonicalText(row)]));
    const other = removed.find((row) => found.get(keyOf(row)) !== canonicalText(row));
    if (other) throw new Error(`the state no longer has ${keyOf(other)} (${table}) as this change knew it`);
  }
}

/** Deletes every row that goes or changes, then inserts every row that comes or changed: positions may swap freely. */
async function replaceRows<Row extends ObjectLiteral>(
  source: DataSource,
  table: EntitySchema<Row>,
  { removed, added }: RowChange<Row>,
): Promise<void> {
  const columns = Object.entries(table.options.columns);
  const key = columns.filter(([, column]) => column?.primary).map(([field]) => field);
  const repository = source.getRepository(table);
  for (const row of removed) {
    await repository.delete(
      Object.fromEntries(key.map((column) => [column, row[column] as unknown])) as never,
    );
  }
  // SQLite takes at most 32,766 parameters in one statement; 500 rows of these tables stay well below.
  for (let from = 0; from < added.length; from += 500) {
    await repository.insert(added.slice(from, from + 500));
  }
}
