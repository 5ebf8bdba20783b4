import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { sabotages } from './sabotage.ts';

const cuts = Object.entries(sabotages).flatMap(([name, { cuts }]) => cuts.map((cut) => ({ name, ...cut })));

/** Whoever changes these lines of the product learns here, and not after minutes, that a proof needs to follow. */
it.each(cuts)('$name: what is taken out of $file is there, once', ({ file, from, to }) => {
  const parts = readFileSync(join(projectRoot(), file), 'utf8').split(from);
  expect(parts).toHaveLength(2);
  expect(to).not.toBe(from);
});
