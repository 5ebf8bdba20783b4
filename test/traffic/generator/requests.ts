import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { chainOfAnswer, hasFailed, rootOf, type ApiAnswer } from '../chain.ts';
import { quoted, type Answer } from './answer.ts';
import type { Kind, Load } from './protocol.ts';

/** The kinds of requests: what is sent, how long it may take on purpose, and what must come back. */

export type Request = {
  readonly kind: Kind;
  /** The request line and the headers. */
  readonly head: string;
  /** Empty where nothing is uploaded. */
  readonly body: Buffer;
  /** In how many pieces the body is sent, with the pause divided between them. */
  readonly pieces: number;
  /** Milliseconds that this request takes on purpose. */
  readonly pause: number;
  /** Whether it does no harm when it is done twice. */
  readonly isRepeatable: boolean;
  readonly look: (answer: Answer) => Look;
};

/** What an answer shows: who gave it, or why it is not the one that was asked for. */
export type Look = { readonly seen: string } | { readonly wrong: string };

/** Draws requests of a door's address: `random` gives numbers from 0 to 1, `keeps` says whether the connection is kept. */
export function requestsTo(address: string, load: Load, keeps: boolean, random: () => number): () => Request {
  const drawKind = drawer(load.mix, random);
  const [least, most] = load.slow;
  const headers = `Host: ${address}\r\n${keeps ? '' : 'Connection: close\r\n'}`;
  const makers = makersOf(headers, () => Math.round(least + random() * (most - least)), random);
  return () => makers[drawKind()]();
}

/** Draws one of the names, each as often as its weight says. */
export function drawer<Name extends string>(
  weights: Readonly<Record<Name, number>>,
  random: () => number,
): () => Name {
  const names = Object.keys(weights) as Name[];
  const sum = names.reduce((total, name) => total + weights[name], 0);
  return () => {
    let left = random() * sum;
    const drawn = names.find((name) => (left -= weights[name]) < 0);
    if (drawn === undefined) throw new Error('nothing to draw: every weight is 0');
    return drawn;
  };
}

type Maker = () => Request;

function makersOf(headers: string, delay: () => number, random: () => number): Record<Kind, Maker> {
  const get = (kind: Kind, path: string, look: Request['look'], pause = 0): Request => {
    const head = `GET ${path} HTTP/1.1\r\n${headers}\r\n`;
    return { kind, head, body: nothing, pieces: 1, pause, isRepeatable: true, look };
  };
  const post = (kind: Kind, pieces: number, pause: number): Request => {
    const { body, expected } = bodies[Math.floor(random() ** 3 * bodies.length)] ?? smallest;
    const head = `POST /upload HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n`;
    return { kind, head, body, pieces, pause, isRepeatable: false, look: plain(expected) };
  };
  const [page, api] = [get('page', '/', lookAtPage), get('api', '/api', lookAtChain)];
  return {
    page: () => page,
    api: () => api,
    upload: () => post('upload', 1, 0),
    slowUpload: () => post('slowUpload', 5, delay()),
    slow: () => slow('slow', '', plain('slow\n')),
    slowApi: () => slow('slowApi', '&chain=1', lookAtChain),
  };
  function slow(kind: Kind, more: string, look: Request['look']): Request {
    const pause = delay();
    return get(kind, `/slow?ms=${pause}${more}`, look, pause);
  }
}

const nothing = Buffer.alloc(0);

/** From 2 KB to 1 MB; the small ones are drawn most. Their check sums are made once: that takes longer than sending. */
const bodies = [2, 8, 32, 128, 512, 1024].map((kilobytes) => {
  const body = randomBytes(kilobytes * 1024);
  return { body, expected: `${body.length} ${crc32(body).toString(16).padStart(8, '0')}\n` };
});
const [smallest = { body: nothing, expected: '0 00000000\n' }] = bodies;

/** An answer whose text is known beforehand; who gave it is said by its headers. */
function plain(expected: string): Request['look'] {
  return ({ body, from }) => (body === expected ? { seen: rootOf(from) } : unlike(expected, body));
}

function lookAtPage({ body, from }: Answer): Look {
  const expected = `Service ${from.replace(' ', '. Version ')}\n`;
  return body === expected ? { seen: rootOf(from) } : unlike(expected, body);
}

function lookAtChain({ body, from }: Answer): Look {
  try {
    const chain = chainOfAnswer(JSON.parse(body) as ApiAnswer);
    if (hasFailed(chain)) return { wrong: chain };
    return rootOf(chain) === rootOf(from) ? { seen: chain } : unlike(from, chain);
  } catch {
    return unlike('a chain', body);
  }
}

const unlike = (expected: string, body: string): Look => ({
  wrong: `${quoted(body)} instead of ${quoted(expected)}`,
});
