import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { sabotages } from '../traffic/sabotage.ts';
import { faults } from './faults.ts';
import { guards } from './guards.ts';

const cuts = Object.entries(guards).flatMap(([name, guard]) => guard.cuts.map((cut) => ({ name, ...cut })));

/** Whoever changes these lines of the product learns here, and not after minutes, that a proof needs to follow. */
it.each(cuts)('$name: what is taken out of $file is there, once', ({ file, from }) => {
  expect(readFileSync(join(projectRoot(), file), 'utf8').split(from)).toHaveLength(2);
});

it.each(Object.entries(guards))(
  '%s: the test that is to notice its loss is there',
  (_name, { noticedBy }) => {
    if ('fault' in noticedBy) expect(Object.keys(faults)).toContain(noticedBy.fault);
    else expect(Object.keys(sabotages)).toContain(noticedBy.traffic);
  },
);
