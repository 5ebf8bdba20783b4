import { beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { buildFaulty } from '../faults/build.ts';
import { faults } from '../faults/faults.ts';
import { layOutPlace, pushImages, setUpPlace, type Place } from '../faults/place.ts';
import { foreignOn } from '../faults/world.ts';
import { describeLab } from '../support/describeLab.ts';

/** A quick selection of the faults of `npm run test:faults`: those that take seconds and stand for a guard of their own. */
const quick = [
  ...['killed-after-creation', 'late-creation', 'paused-holder', 'stale-state'],
  ...['answer-lost', 'tag-moved', 'config-refused', 'disk-full-state'],
];

describeLab('faults around a command', (lab) => {
  let place: Place;

  beforeAll(async () => {
    const [program] = await Promise.all([buildFaulty(join(lab.dir, 'faulty')), pushImages(lab)]);
    place = layOutPlace(lab, 0, program);
    await setUpPlace(place);
  });

  it.each(quick)('%s', async (name) => {
    const foreign = await foreignOn(lab, [place.lab]);
    const cases = (await faults[name]?.run([place], new AbortController().signal)) ?? [];
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.filter(({ complaints }) => complaints.length > 0)).toEqual([]);
    expect(await foreignOn(lab, [place.lab])).toEqual(foreign);
  });
});
