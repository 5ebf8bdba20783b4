import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot } from '../chain.ts';
import { connect, type Connection, type Outcome } from './connection.ts';
import type { Judge } from './judge.ts';
import type { Door, Load } from './protocol.ts';
import { requestsTo, type Request } from './requests.ts';
import type { Tally } from './tally.ts';

/** One client: it asks its door one request after the other, as long as the generator goes on. */
export type Client = {
  readonly door: Door;
  /** Whether it keeps its connection for as long as it is let. */
  readonly keeps: boolean;
  /** Milliseconds from one request to the next, drawn anew for each; 0 where answers alone set the pace. */
  readonly interval: () => number;
  readonly load: Load;
  readonly random: () => number;
  readonly judge: Judge;
  readonly tally: Tally;
  readonly goesOn: () => boolean;
};

/** A connection and the outcome of a request on it; without one, the connection could not be made. */
type Trial = { readonly connection: Connection | null; readonly reused: number; readonly outcome: Outcome };

export async function runClient(client: Client): Promise<void> {
  const { door, keeps, interval, load, random } = client;
  const draw = requestsTo(`${door.host}:${door.port}`, load, keeps, random);
  let connection: Connection | null = null;
  let due = performance.now() + random() * interval();
  while (client.goesOn()) {
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    // One that fell behind does not catch up: it would ask without a pause when all the others do too.
    due = Math.max(due, performance.now()) + interval();
    connection = await ask(client, draw(), connection);
  }
  connection?.close();
}

/** Makes one request, counts how it ended, and gives the connection that may be used again. */
async function ask(client: Client, request: Request, kept: Connection | null): Promise<Connection | null> {
  const { tally, judge, load } = client;
  const [began, age] = [performance.now(), judge.age()];
  let trial = await attempt(client, request, kept);
  if (load.retries && mayRetry(request, trial)) {
    tally.retried();
    trial = await attempt(client, request, null);
  }
  const { connection, reused, outcome } = trial;
  const milliseconds = performance.now() - began - request.pause;
  const ended = {
    kind: request.kind,
    door: client.door,
    connection: reused === 0 ? 'new' : `kept, ${reused} before`,
  };
  const failure = 'loss' in outcome ? outcome.loss.what : failureIn(client, request, outcome, age);
  if (failure === null) tally.answered(ended, milliseconds);
  else tally.failed(ended, failure);
  return connection?.isOpen() ? connection : null;
}

async function attempt(client: Client, request: Request, kept: Connection | null): Promise<Trial> {
  const { door, load, tally } = client;
  const usable = kept?.isOpen() ? kept : null;
  const connection = usable ?? (await connect(door, load.patience));
  if ('what' in connection) return { connection: null, reused: 0, outcome: { loss: connection } };
  if (!usable) tally.connected();
  tally.uploaded(request.body.length);
  const reused = connection.answered();
  return { connection, reused, outcome: await connection.exchange(request, load.patience) };
}

/** A GET that nothing came back for on a connection that had answered before: it may have closed when this was sent. */
function mayRetry({ isRepeatable }: Request, { reused, outcome }: Trial): boolean {
  return isRepeatable && reused > 0 && 'loss' in outcome && outcome.loss.isUnanswered;
}

/** Why an answer does not count as one; null where it does, and then it is judged by who gave it. */
function failureIn(
  { door, judge, tally }: Client,
  request: Request,
  { answer }: Extract<Outcome, { answer: unknown }>,
  age: number,
): string | null {
  if (answer.status !== 200) return `status ${answer.status}`;
  const look = request.look(answer);
  if ('wrong' in look) return look.wrong;
  tally.judged(!isRoot(look.seen));
  const verdict = judge.judge(door.stage, look.seen, age);
  if (verdict === 'mixed') tally.mixed(1);
  if (verdict === 'wrong') tally.wrongStage(door.stage, look.seen, 1);
  return null;
}
