import { writeFileSync } from 'node:fs';
import { masterCommand } from '../../lab/haproxyApi.ts';
import { ownConfigOf, startLoadbalancer } from '../../lab/loadbalancer.ts';
import { stateOf as processState } from '../../lab/processes.ts';
import { waitUntil } from '../../lab/run.ts';
import type { StepKind } from '../../src/plan/step.ts';
import { succeed } from '../support/cmanage.ts';
import { doingAt } from './build.ts';
import { endure, pointOf, shareOut, type Case, type Fault } from './fault.ts';
import { runFaulty, type Place } from './place.ts';

/** HAProxy fails in the middle of a command: its worker is killed, or it refuses what it is to load. */

const pop = ({ web }: Place): readonly string[] => ['pop', web];

/** With its worker the master ends too, and somebody starts it again after a while: here, when the command has given up. */
async function killWorker(place: Place, kind: StepKind): Promise<Case> {
  const { lab, whole, web } = place;
  const { loadbalancer } = lab;
  const args = pop(place);
  const processes = await masterCommand(loadbalancer.masterSocket, 'show proc');
  const worker = Number(/^(\d+)\s+worker\s/m.exec(processes)?.[1]);
  const point = await pointOf(place, args, kind, 'after-intent');
  const found = await endure({
    what: `HAProxy's worker is killed at ${kind} of ${args.join(' ')}`,
    ...{ place, says: [loadbalancer.name] },
    run: () => runFaulty(place, doingAt(point, `kill -KILL ${worker}`), ...args),
    mend: async () => {
      await waitUntil(() => processState(loadbalancer) === 'stopped', 10_000);
      await startLoadbalancer(whole, loadbalancer);
    },
  });
  if (found.outcome.endsWith('new')) await succeed(lab, 'rollback', web);
  return found;
}

const kinds: readonly StepKind[] = [
  ...(['check_config', 'add_server', 'set_map', 'drain_server', 'wait_drained'] as const),
  ...(['remove_server', 'write_config', 'stop_container', 'commit_state'] as const),
];

export const killedWorker: Fault = {
  what: "HAProxy's worker is killed in the middle of a pop",
  run: (places, ending) => shareOut(places, kinds, ending, killWorker),
};

/** A line in the file that an operator keeps beside ours: no check of ours sees it, and no reload takes it. */
async function refuse(place: Place): Promise<Case> {
  const { lab, web } = place;
  const args = ['addendpoint', 'www', '-s', web, '-p', '8090', '--stage', 'prod'];
  const own = ownConfigOf(lab.loadbalancer);
  const point = await pointOf(place, args, 'reload', 'before-intent');
  return endure({
    what: `a bad line is put beside HAProxy's file before ${args.join(' ')} reloads it`,
    ...{ place, says: [lab.loadbalancer.name, /could not be started|reload/], exits: [4, 5] },
    run: () => runFaulty(place, doingAt(point, `echo 'this is no line' >> '${own}'`), ...args),
    mend: () => {
      writeFileSync(own, '');
      return Promise.resolve();
    },
  });
}

export const refusedConfig: Fault = {
  what: 'HAProxy refuses what it is to load, because of a bad line beside it',
  run: async ([place]) => (place ? [await refuse(place)] : []),
};
