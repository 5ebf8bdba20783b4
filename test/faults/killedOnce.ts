import { pointOf, type Case, type Fault } from './fault.ts';
import { describeKill, killOnce, type Kill } from './kills.ts';
import type { Place } from './place.ts';

/** One kill of the thousands, by which it is noticed that an intent was not on the disk: a container was made, and undone. */
async function killOne(place: Place): Promise<Case> {
  const args = ['release', place.web, '-v', 'v5'];
  const point = await pointOf(place, args, 'create_container', 'after-effect');
  const kill: Kill = { args, point, ending: 'rollback' };
  const { ended, complaints } = await killOnce(place, kill);
  return { what: describeKill(kill), outcome: ended, complaints };
}

export const killedOnce: Fault = {
  what: 'cmanage is killed when it has made a container',
  run: async ([place]) => (place ? [await killOne(place)] : []),
};
