import type { DataSource } from 'typeorm';

/** The number of the last operation in the journal; 0 where there is none. */
export async function lastOperation(source: DataSource): Promise<number> {
  const [row] = await source.query<{ last: number | null }[]>('SELECT max(id) AS last FROM operation');
  return row?.last ?? 0;
}
