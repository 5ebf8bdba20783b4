import type { DataSource } from 'typeorm';
import { chainOf, contentOf, digestOfRules, query, type EventRow, type RulesInForce } from './events.ts';

const columns = 'seq, operation, at, kind, actor, command, status, message, rules, content, chain';

/** What happened to one operation, the earliest first. */
export function readEvents(source: DataSource, operation: number): Promise<readonly EventRow[]> {
  return query<EventRow>(source, `SELECT ${columns} FROM event WHERE operation = ? ORDER BY seq`, [
    operation,
  ]);
}

/** The rules of a digest, as they were kept. */
export async function readRulesInForce(source: DataSource, digest: string): Promise<RulesInForce | null> {
  const rows = await query<RulesInForce>(source, 'SELECT cmanage, text FROM rules WHERE digest = ?', [
    digest,
  ]);
  return rows[0] ?? null;
}

/** One event of the chain, by its number and its digest: what somebody noted elsewhere. */
export type Mark = { readonly seq: number; readonly chain: string };

/** What is not as it was recorded. */
export type Edit = { readonly object: string; readonly fact: string };

export type HistoryVerdict = {
  readonly operations: number;
  readonly events: number;
  /** The end of the chain; null where nothing was ever recorded. */
  readonly last: Mark | null;
  readonly edits: readonly Edit[];
};

/** How many events are read at once. */
const page = 500;

/**
 * Looks whether the history is as it was recorded: the chain of events is made again, and so is the digest of what each
 * operation says. With `expected`, the chain must also hold the event that was noted elsewhere: who made all of it anew is
 * found by that alone.
 */
export async function verifyHistory(source: DataSource, expected: Mark | null): Promise<HistoryVerdict> {
  const { last, edits, latest } = await verifyChain(source);
  const operations = await query<{ id: number; status: string }>(
    source,
    'SELECT id, status FROM operation INDEXED BY operation_history ORDER BY id',
  );
  return {
    operations: operations.length,
    events: last?.seq ?? 0,
    last: last && { seq: last.seq, chain: last.chain },
    edits: [
      ...edits,
      ...(await editedBeginnings(source)),
      ...(await editedEndings(source, operations, latest)),
      ...(await editedRules(source)),
      ...(expected ? await unexpected(source, expected) : []),
    ],
  };
}

type Chain = {
  readonly last: EventRow | null;
  readonly edits: readonly Edit[];
  /** The last event of each operation. */
  readonly latest: ReadonlyMap<number, EventRow>;
};

async function verifyChain(source: DataSource): Promise<Chain> {
  const edits: Edit[] = [];
  const latest = new Map<number, EventRow>();
  let last: EventRow | null = null;
  for await (const event of everyEvent(source)) {
    const object = `event ${event.seq}`;
    const expected: number = (last?.seq ?? 0) + 1;
    if (event.seq !== expected) edits.push({ object, fact: `event ${expected} is missing before it` });
    else if (chainOf(last?.chain ?? '', event) !== event.chain)
      edits.push({ object, fact: 'its digest does not follow from it and from the event before it' });
    latest.set(event.operation, event);
    last = event;
  }
  return { last, edits, latest };
}

async function* everyEvent(source: DataSource): AsyncGenerator<EventRow> {
  for (let after = 0; ;) {
    const rows = await query<EventRow>(
      source,
      `SELECT ${columns} FROM event WHERE seq > ? ORDER BY seq LIMIT ${page}`,
      [after],
    );
    yield* rows;
    const end = rows.at(-1);
    if (!end) return;
    after = end.seq;
  }
}

/** What was asked and planned must be what it was when the operation began. */
async function editedBeginnings(source: DataSource): Promise<Edit[]> {
  const begun = await query<Pick<EventRow, 'operation' | 'content'>>(
    source,
    `SELECT operation, content FROM event WHERE kind = 'begun' ORDER BY seq`,
  );
  const edits: Edit[] = [];
  for (const { operation, content } of begun) {
    if ((await contentOf(source, operation, 'begun')) !== content)
      edits.push({
        object: `operation ${operation}`,
        fact: 'what was asked or planned is no longer what it was',
      });
  }
  return edits;
}

/** How an operation went must be what it was at its last event, and each operation must have begun. */
async function editedEndings(
  source: DataSource,
  operations: readonly { readonly id: number; readonly status: string }[],
  latest: ReadonlyMap<number, EventRow>,
): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (const { id, status } of operations) {
    const object = `operation ${id}`;
    const event = latest.get(id);
    if (!event) edits.push({ object, fact: 'no event says that it was begun' });
    else if (status !== (event.status ?? 'running'))
      edits.push({ object, fact: `it is ${status}, and by its last event ${event.status ?? 'running'}` });
    else if (event.kind === 'ended' && (await contentOf(source, id, 'ended')) !== event.content)
      edits.push({ object, fact: 'how it ended is no longer what was recorded' });
  }
  return edits;
}

async function editedRules(source: DataSource): Promise<Edit[]> {
  const rows = await query<RulesInForce & { digest: string }>(
    source,
    'SELECT digest, cmanage, text FROM rules',
  );
  return rows
    .filter((rules) => digestOfRules(rules) !== rules.digest)
    .map(({ digest }) => ({
      object: `rules ${digest.slice(0, 12)}`,
      fact: 'their text is no longer what it was',
    }));
}

async function unexpected(source: DataSource, { seq, chain }: Mark): Promise<Edit[]> {
  const rows = await query<Pick<EventRow, 'chain'>>(source, 'SELECT chain FROM event WHERE seq = ?', [seq]);
  if (rows[0]?.chain === chain) return [];
  const fact = rows[0] ? `its digest is ${rows[0].chain}, and not the one that was noted` : 'it is missing';
  return [{ object: `event ${seq}`, fact }];
}
