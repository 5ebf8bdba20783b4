import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { quoted, readAnswer, type Answer } from './answer.ts';
import type { Door } from './protocol.ts';
import type { Request } from './requests.ts';

/** Why there was no answer. */
export type Loss = {
  readonly what: string;
  /** Whether not one byte of the answer came: where the connection was reused, the request may not have been read. */
  readonly isUnanswered: boolean;
};

export type Outcome = { readonly answer: Answer } | { readonly loss: Loss };

/** A connection to a door, for one request at a time. */
export type Connection = {
  /** Whether another request can be sent on it, as far as is known here. */
  readonly isOpen: () => boolean;
  /** How many requests it has answered. */
  readonly answered: () => number;
  readonly exchange: (request: Request, patience: number) => Promise<Outcome>;
  readonly close: () => void;
};

/** Opens a connection; a handshake that fails is a loss of the request it was opened for. */
export async function connect(door: Door, patience: number): Promise<Connection | Loss> {
  const { host, port, authority } = door;
  const socket =
    authority === null ? net.connect({ host, port }) : tls.connect({ host, port, ca: authority });
  socket.setNoDelay(true);
  const error = await opened(socket, authority === null ? 'connect' : 'secureConnect', patience);
  if (error === null) return overSocket(socket);
  socket.destroy();
  return { what: `no connection: ${error}`, isUnanswered: true };
}

/** Resolves to null when the socket is open, or to the reason why it never will be. */
function opened(socket: net.Socket, event: string, patience: number): Promise<string | null> {
  return new Promise((resolve) => {
    socket.setTimeout(patience, () => {
      resolve(`none within ${patience} ms`);
    });
    socket.once('error', ({ message }) => {
      resolve(message);
    });
    socket.once('close', () => {
      resolve('closed in the handshake');
    });
    socket.once(event, () => {
      socket.setTimeout(0);
      resolve(null);
    });
  });
}

/** The request under way: what has come of its answer, and who waits for it. */
type Exchange = { text: string; readonly end: (outcome: Outcome) => void };

function overSocket(socket: net.Socket): Connection {
  let answered = 0;
  let isOpen = true;
  let current: Exchange | null = null;
  const finish = (outcome: Outcome): void => {
    const exchange = current;
    current = null;
    exchange?.end(outcome);
  };
  const lose = (what: string): void => {
    isOpen = false;
    finish({ loss: { what, isUnanswered: current?.text === '' } });
    socket.destroy();
  };
  socket.on('data', (part) => {
    if (!current) {
      lose(`bytes that nobody asked for: ${quoted(part.toString('latin1'))}`);
      return;
    }
    current.text += part.toString('latin1');
    const read = readAnswer(current.text);
    if (read === 'unfinished') return;
    if ('malformed' in read) {
      lose(read.malformed);
      return;
    }
    answered++;
    isOpen &&= read.keepsOpen;
    finish({ answer: read });
  });
  socket.on('error', (error) => {
    lose(error.message);
  });
  // Where it closes while no request is under way, nothing is lost.
  socket.on('end', () => {
    lose(current?.text ? 'closed in the middle of the answer' : 'closed without an answer');
  });
  socket.on('close', () => {
    lose('closed');
  });
  return {
    isOpen: () => isOpen,
    answered: () => answered,
    close: () => {
      isOpen = false;
      socket.end();
    },
    exchange: (request, patience) =>
      new Promise((resolve) => {
        const late = setTimeout(() => {
          lose(`no whole answer within ${patience} ms`);
        }, patience + request.pause);
        const end = (outcome: Outcome): void => {
          clearTimeout(late);
          resolve(outcome);
        };
        current = { text: '', end };
        void send(socket, request);
      }),
  };
}

/** Writes a request, with pauses between its pieces. Where the connection ends meanwhile, its events tell. */
async function send(socket: net.Socket, { head, body, pieces, pause }: Request): Promise<void> {
  const size = Math.ceil(body.length / pieces);
  // Corked, so that the head and the first piece leave together.
  socket.cork();
  socket.write(head, 'latin1');
  if (size > 0) socket.write(body.subarray(0, size));
  socket.uncork();
  for (let at = size; at < body.length; at += size) {
    await sleep(pause / (pieces - 1));
    if (!socket.writable) return;
    socket.write(body.subarray(at, at + size));
  }
}
