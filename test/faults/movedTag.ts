import { pushImage } from '../../lab/images.ts';
import { succeed } from '../support/cmanage.ts';
import { registryDigest } from '../support/world.ts';
import { endure, pointOf, type Case, type Fault } from './fault.ts';
import { startWaiting } from './meeting.ts';
import { repository, type Place } from './place.ts';
import { stateOf } from './world.ts';

/** A tag is moved in the registry after it was looked up and before anything is pulled: every stack runs the bits of before. */
async function moveIt(place: Place): Promise<Case> {
  const { lab, web } = place;
  const tag = `v6-${web}`;
  const { address } = lab.registry;
  await pushImage(address, repository, tag, { kind: 'tiny', version: 'v6' });
  const before = await registryDigest(lab, repository, tag);
  const args = ['release', web, '-v', tag];
  const point = await pointOf(place, args, 'check_host', 'before-intent');
  const found = await endure({
    what: `${tag} is moved in the registry before the first pull of ${args.join(' ')}`,
    ...{ place, exits: [0] },
    run: async () => {
      const waiting = startWaiting(place, point, args);
      await waiting.arrived;
      await pushImage(address, repository, tag, { kind: 'tiny', version: 'v6-moved' });
      waiting.goOn();
      return waiting.ended;
    },
    mend: () => Promise.resolve(),
  });
  const { containers } = await stateOf(lab);
  const digests = containers.filter(({ version }) => version === tag).map(({ digest }) => digest);
  await succeed(lab, 'pop', web, '--stackpointer', '4');
  const after = await registryDigest(lab, repository, tag);
  const wrong = [
    ...(after === before ? ['the tag was not moved'] : []),
    ...(digests.length > 0 && digests.every((digest) => digest === before)
      ? []
      : [`it runs ${digests.join(', ')} and not ${before}`]),
  ];
  return { ...found, complaints: [...found.complaints, ...wrong] };
}

export const movedTag: Fault = {
  what: 'a tag is moved in the registry during the release',
  run: async ([place]) => (place ? [await moveIt(place)] : []),
};
