import type Docker from 'dockerode';
import type { Engine } from '../../src/docker/engine.ts';
import { after, currentOwner } from './clock.ts';
import type { Answer, Request, SimulatedEngine } from './engine.ts';
import { Period, type Mishap } from './faults.ts';

/** The way to a simulated engine: dockerode's methods as cmanage calls them, with answers that may be lost on it. */
export type Line = {
  readonly engine: SimulatedEngine;
  /** While it is frozen it takes requests in and does nothing. */
  readonly frozen: Period;
  /** While it is away nobody listens. */
  readonly away: Period;
  readonly random: () => number;
  readonly mishap: () => Mishap | null;
  /** Counts what happens, and may kill. */
  readonly onEvent: () => void;
};

export function lineEngine(line: Line): Engine {
  const { name, address } = line.engine;
  return { name, address, docker: clientOf(line), close: () => undefined };
}

function send(line: Line, request: Request): Promise<unknown> {
  const { engine, frozen, away, random } = line;
  const owner = currentOwner();
  const mishap = line.mishap();
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      after(
        random() * 10,
        () => {
          line.onEvent();
          reject(error);
        },
        owner,
      );
    };
    const reply = (answer: Answer): void => {
      if (mishap === 'lost after') fail(new Error('read ECONNRESET'));
      else if (mishap === 'refused after')
        fail(refused({ status: 500, body: { message: 'internal error' } }));
      else if (mishap === 'silence') return;
      else if (answer.status >= 300) fail(refused(answer));
      else
        after(
          random() * 10,
          () => {
            line.onEvent();
            resolve(answer.body);
          },
          owner,
        );
    };
    const arrive = (): void => {
      line.onEvent();
      if (away.isNow) fail(new Error('connect ECONNREFUSED'));
      // What a frozen engine has taken in it does in its order, as soon as it wakes.
      else if (frozen.isNow) after(frozen.left, arrive);
      else engine.handle(request, reply);
    };
    if (mishap === 'lost before') fail(new Error('socket hang up'));
    else if (mishap === 'refused') fail(refused({ status: 503, body: { message: 'try again later' } }));
    else after(random() * 20, arrive);
  });
}

/** As docker-modem tells a refusal. */
function refused({ status, body }: Answer): Error {
  const message = (body as { message?: string } | null)?.message ?? '';
  return Object.assign(new Error(`(HTTP code ${status}) unexpected - ${message} `), { statusCode: status });
}

function clientOf(line: Line): Docker {
  const to = (request: Request): Promise<unknown> => send(line, request);
  const container = (ref: string) => ({
    inspect: () => to({ verb: 'inspect', ref }),
    start: () => to({ verb: 'start', ref }),
    logs: () => to({ verb: 'logs', ref }),
    putArchive: () => to({ verb: 'archive', ref }),
    stop: ({ t }: { t: number }) => to({ verb: 'stop', ref, grace: t }),
    update: ({ RestartPolicy }: { RestartPolicy: { Name: string } }) =>
      to({ verb: 'update', ref, policy: RestartPolicy.Name }),
    remove: ({ force }: { force: boolean }) => to({ verb: 'remove', ref, force }),
  });
  const client = {
    info: () => to({ verb: 'info' }),
    listContainers: ({ all, filters }: { all: boolean; filters: { label: string[] } }) =>
      to({ verb: 'list', all, labels: filters.label }),
    getContainer: container,
    createContainer: ({ _query, _body }: { _query: { name: string }; _body: object }) =>
      to({ verb: 'create', name: _query.name, body: _body }),
    getImage: (image: string) => ({ inspect: () => to({ verb: 'image', image }) }),
    createImage: async (_auth: object, { fromImage, tag }: { fromImage: string; tag: string }) => [
      await to({ verb: 'pull', image: `${fromImage}@${tag}` }),
    ],
  };
  return client as unknown as Docker;
}
