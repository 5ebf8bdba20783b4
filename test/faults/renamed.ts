import { engineRequest } from '../../lab/engineApi.ts';
import { cmanage } from '../support/cmanage.ts';
import { doingAt } from './build.ts';
import { pointIn, type Case, type Fault } from './fault.ts';
import { planOfCommand, unexpected } from './kills.ts';
import { runFaulty, type Place } from './place.ts';
import { complaintsAbout } from './world.ts';

/**
 * A new container is renamed while a release waits for it. Under its new name nobody looks for it any more, so that it is
 * left; what must hold is that the release ends as failed, and that `verify` names what was left.
 */
async function renameIt(place: Place): Promise<Case> {
  const { lab, web } = place;
  const args = ['release', web, '-v', 'v5'];
  const plan = await planOfCommand(lab, args);
  const point = pointIn(plan, 'wait_healthy', 'after-intent');
  const step = plan.steps.find(({ seq }) => seq === point.seq);
  if (!step || !('spec' in step)) throw new Error('the step is about no container');
  const { socket } = lab.hosts.find(({ name }) => name === step.host) ?? { socket: '' };
  const [name, other] = [step.spec.name, `${web}-renamed`];
  const command = `curl -s -X POST --unix-socket '${socket}' 'http://engine/containers/${name}/rename?name=${other}'`;
  const answer = await runFaulty(place, doingAt(point, command), ...args);
  const verified = await cmanage(lab, 'verify');
  await engineRequest('DELETE', socket, `/containers/${other}?force=1`);
  return {
    what: `${name} is renamed by hand at wait_healthy of ${args.join(' ')}`,
    outcome: `exit ${answer.exitCode}, verify ${verified.exitCode}`,
    complaints: [
      ...(answer.exitCode === 4 ? [] : [unexpected(answer, 'not 4')]),
      ...(verified.exitCode === 7 && verified.stdout.includes(other)
        ? []
        : [unexpected(verified, 'verify does not name what was renamed')]),
      ...(await complaintsAbout(lab)),
    ],
  };
}

export const renamed: Fault = {
  what: 'a container is renamed by hand in the middle of a command',
  run: async ([place]) => (place ? [await renameIt(place)] : []),
};
