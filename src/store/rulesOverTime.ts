import type { DataSource } from 'typeorm';

/** The rules that an operation was judged by when it began: the text of rules.yml, null where there was none. */
export type JudgedBy = { readonly id: number; readonly startedAt: string; readonly text: string | null };

/** By which rules the operations were judged, the newest first; those of an earlier cmanage, which recorded none, are left out. */
export async function readRulesOverTime(source: DataSource): Promise<JudgedBy[]> {
  return source.query<JudgedBy[]>(
    `SELECT event.operation AS id, event.at AS "startedAt", rules.text AS text
     FROM event JOIN rules ON rules.digest = event.rules
     WHERE event.kind = 'begun' ORDER BY event.seq DESC`,
  );
}
