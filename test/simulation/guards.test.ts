import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { guards } from './guards.ts';

const cuts = guards.flatMap(({ name, cuts: all }) => all.map((cut) => ({ name, ...cut })));

it.each(cuts)('$name: what is taken out of $file is there, once', ({ file, from, to }) => {
  const parts = readFileSync(join(projectRoot(), file), 'utf8').split(from);
  expect(parts).toHaveLength(2);
  expect(to).not.toBe(from);
});
