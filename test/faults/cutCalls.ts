import { join } from 'node:path';
import { cmanage, succeed } from '../support/cmanage.ts';
import { edit } from '../support/etc.ts';
import { hostOf } from '../support/world.ts';
import { endure, type Case, type Fault } from './fault.ts';
import { runFaulty, type Place } from './place.ts';
import { startEngineProxy, type Break, type Call, type EngineProxy } from './proxy.ts';

/** Every call that a release and a pop make to an engine is cut, in its request and in its answer, after every so many bytes. */

/** Bytes between two cuts; the first and the last byte of everything are cut in any case. */
const stride = Number(process.env.CMANAGE_TEST_STRIDE ?? '512');

/** What leads there and back again, and is cut on both ways. */
const commandsAt = ({ web }: Place): readonly (readonly string[])[] => [
  ['release', web, '-v', 'v5'],
  ['pop', web, '--stackpointer', '4'],
];

export function cutsOf(calls: readonly Call[], every = stride): Break[] {
  return calls.flatMap((call) =>
    (['request', 'answer'] as const).flatMap((direction) =>
      offsets(call[direction], every).map((bytes) => ({ call: call.name, direction, bytes })),
    ),
  );
}

function offsets(length: number, every: number): number[] {
  const inside = Array.from({ length: Math.ceil(length / every) }, (_, index) => index * every);
  return [...new Set([...inside, length - 1])].filter((bytes) => bytes >= 0);
}

/** A place whose first host is reached through a proxy. */
async function throughProxy<T>(place: Place, use: (proxy: EngineProxy) => Promise<T>): Promise<T> {
  const host = hostOf(place.lab, 1);
  const path = join(place.lab.runtime, `${place.web}.sock`);
  const proxy = await startEngineProxy(path, host.socket);
  let was = '';
  edit(place.lab.etc, 'hosts.yml', (text) => {
    was = text;
    const [before, after = ''] = text.split(`    engine: ${host.engine}\n`);
    return `${before ?? ''}    engine: unix://${path}\n${after.replace(/^ {4}tls:.*\n/, '')}`;
  });
  try {
    return await use(proxy);
  } finally {
    edit(place.lab.etc, 'hosts.yml', () => was);
    await proxy.stop();
  }
}

/** Every cut of both commands, shared out over the places: place k of n makes each n-th of them. */
async function cutAt(place: Place, share: number, shares: number, ending: AbortSignal): Promise<Case[]> {
  return throughProxy(place, async (proxy) => {
    const cases: Case[] = [];
    const commands = commandsAt(place);
    const left: Break[][] = [];
    for (const args of commands) {
      proxy.arm(null);
      await succeed(place.lab, ...args);
      left.push(cutsOf(proxy.calls()).filter((_, index) => index % shares === share));
    }
    let side = 0;
    while (!ending.aborted && left.some((list) => list.length > 0)) {
      const args = commands[side] ?? [];
      const next = left[side]?.shift();
      if (next === undefined) {
        await succeed(place.lab, ...args);
        side = 1 - side;
        continue;
      }
      const found = await cutOnce(place, proxy, args, next);
      cases.push(found);
      if (found.complaints.length > 0) return cases;
      if (found.outcome.endsWith('new')) side = 1 - side;
    }
    if (side === 1) await succeed(place.lab, ...(commands[1] ?? []));
    return cases;
  });
}

async function cutOnce(place: Place, proxy: EngineProxy, args: readonly string[], at: Break): Promise<Case> {
  proxy.arm(at);
  const found = await endure({
    what: `${args.join(' ')}: ${at.call}, its ${at.direction} cut after ${at.bytes} bytes`,
    place,
    run: () => cmanage(place.lab, ...args),
    mend: () => Promise.resolve(),
  });
  return proxy.hasCut() ? found : { ...found, outcome: `not reached, ${found.outcome}` };
}

export const cutCalls: Fault = {
  what: `each request to an engine and each answer is cut after every ${stride} bytes`,
  run: async (places, ending) => {
    const all = places.map((place, share) => cutAt(place, share, places.length, ending));
    return (await Promise.all(all)).flat();
  },
};

/** The answer to a creation is cut in its body: the step fails at once, and not when its deadline (30 s) is over. */
async function loseAnswer(place: Place): Promise<Case> {
  const [args = [], back = []] = commandsAt(place);
  const name = `POST /containers/create?name=${place.web}-stack-app #1`;
  return throughProxy(place, async (proxy) => {
    proxy.arm(null);
    await succeed(place.lab, ...args);
    const size = proxy.calls().find((call) => call.name === name)?.answer ?? 0;
    await succeed(place.lab, ...back);
    // Its head is long there.
    proxy.arm({ call: name, direction: 'answer', bytes: size - 10 });
    let seconds = Infinity;
    const found = await endure({
      what: `${args.join(' ')}: the answer to the creation is lost`,
      place,
      run: async () => {
        const answer = await runFaulty(place, {}, ...args);
        seconds = Number(
          /^failed +\d+ create_container .* \((\d+\.\d+) s\)$/m.exec(answer.stderr)?.[1] ?? Infinity,
        );
        return answer;
      },
      mend: () => Promise.resolve(),
    });
    if (found.outcome.endsWith('new')) await succeed(place.lab, ...back);
    const wrong = seconds < 15 ? [] : [`the creation failed after ${seconds} s`];
    return {
      ...found,
      complaints: [...found.complaints, ...wrong, ...(proxy.hasCut() ? [] : ['nothing was cut'])],
    };
  });
}

export const lostAnswer: Fault = {
  what: 'the connection is lost in the middle of an answer',
  run: async ([place]) => (place ? [await loseAnswer(place)] : []),
};
