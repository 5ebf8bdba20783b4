import type { Step, StepKind } from '../../src/plan/step.ts';
import { succeed } from '../support/cmanage.ts';
import { doingAt, type Phase } from './build.ts';
import { endure, pointIn, shareOut, type Case, type Fault } from './fault.ts';
import { planOfCommand } from './kills.ts';
import { runFaulty, type Place } from './place.ts';

/** Somebody stops, removes or renames a container by hand, just while a command is at it. */

type Hand = {
  readonly what: string;
  readonly args: (place: Place) => readonly string[];
  readonly at: readonly [StepKind, Phase];
  /** The call to the engine, for the container of the step: method and path after its name. */
  readonly call: readonly [method: 'POST' | 'DELETE', path: string];
  /** What leads back where it was done. */
  readonly back: (place: Place) => readonly string[];
  readonly exits: readonly number[];
};

const release = {
  args: ({ web }: Place) => ['release', web, '-v', 'v5'],
  back: ({ web }: Place) => ['pop', web, '--stackpointer', '4'],
};
const pop = { args: ({ web }: Place) => ['pop', web], back: ({ web }: Place) => ['rollback', web] };

const stop = ['POST', '/stop?t=0'] as const;
const remove = ['DELETE', '?force=1'] as const;

/** What is new and does not come up undoes everything; what is to go and is gone already is no failure. */
const hands: readonly Hand[] = [
  { what: 'removed', ...release, at: ['start_container', 'after-intent'], call: remove, exits: [4] },
  { what: 'removed', ...release, at: ['wait_healthy', 'after-intent'], call: remove, exits: [4] },
  { what: 'stopped', ...release, at: ['wait_healthy', 'after-intent'], call: stop, exits: [4] },
  { what: 'removed', ...pop, at: ['stop_container', 'after-intent'], call: remove, exits: [0] },
  { what: 'stopped', ...pop, at: ['stop_container', 'after-intent'], call: stop, exits: [0] },
  { what: 'removed', ...pop, at: ['remove_container', 'after-intent'], call: remove, exits: [0] },
  { what: 'started', ...pop, at: ['remove_container', 'after-intent'], call: ['POST', '/start'], exits: [0] },
];

function objectOf(step: Step | undefined): { host: string; name: string } {
  if (!step || !('spec' in step)) throw new Error('the step is about no container');
  return { host: step.host, name: step.spec.name };
}

async function tryHand(place: Place, { what, args: argsOf, at, call, back, exits }: Hand): Promise<Case> {
  const args = argsOf(place);
  const plan = await planOfCommand(place.lab, args);
  const point = pointIn(plan, ...at);
  const { host, name } = objectOf(plan.steps.find(({ seq }) => seq === point.seq));
  const socket = place.lab.hosts.find((entry) => entry.name === host)?.socket ?? '';
  const command = `curl -s -X ${call[0]} --unix-socket '${socket}' 'http://engine/containers/${name}${call[1]}'`;
  const found = await endure({
    what: `${name} is ${what} by hand at ${at[0]} of ${args.join(' ')}`,
    ...{ place, exits, says: [name] },
    run: () => runFaulty(place, doingAt(point, command), ...args),
    mend: () => Promise.resolve(),
  });
  if (found.outcome.endsWith('new')) await succeed(place.lab, ...back(place));
  return found;
}

export const byHand: Fault = {
  what: 'a container is stopped or removed by hand in the middle of a command',
  run: (places, ending) => shareOut(places, hands, ending, tryHand),
};
