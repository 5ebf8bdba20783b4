import { stateTables, type Table } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';

/** The names of the state database's tables. */
const tableOf: Readonly<Record<Table, string>> = {
  services: 'service',
  externals: 'external',
  stacks: 'stack',
  containers: 'container',
  endpoints: 'endpoint',
  edges: 'edge',
  retained: 'retained',
};

/** The SQL that puts the rows of a state into an empty database, written without the program under test. */
export function sqlOf(state: State): string {
  return stateTables
    .flatMap((table) => state[table].map((row) => insertion(tableOf[table], { ...row })))
    .join('\n');
}

/** The SQL that inserts one row unless it is there; fields are named as the model names them. */
export function insertion(table: string, row: Readonly<Record<string, unknown>>): string {
  const columns = Object.keys(row).map((field) => field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
  return `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')});`;
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(Number(value));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
