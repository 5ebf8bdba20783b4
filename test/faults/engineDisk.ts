import { execa } from 'execa';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, up } from '../../lab/lab.ts';
import type { StepKind } from '../../src/plan/step.ts';
import { succeed } from '../support/cmanage.ts';
import { doingAt } from './build.ts';
import { endure, pointOf, type Case, type Fault } from './fault.ts';
import { layOutPlace, pushImages, runFaulty, setUpPlace, type Place } from './place.ts';

/** The disk of an engine is full from one moment on. The engine has a small disk of its own, in a lab of its own. */

const kinds: readonly StepKind[] = ['pull_image', 'create_container', 'start_container'];

async function fillAt(place: Place, data: string, kind: StepKind): Promise<Case> {
  const args = ['release', place.web, '-v', 'v5'];
  const point = await pointOf(place, args, kind, 'before-intent');
  const ballast = join(data, 'ballast');
  const found = await endure({
    what: `the disk of an engine is full from ${kind} of ${args.join(' ')} on`,
    ...{ place, says: [/no space left|not healthy/i, 'docker01'] },
    run: () => runFaulty(place, doingAt(point, `dd if=/dev/zero of='${ballast}' bs=4k; true`), ...args),
    mend: () => {
      rmSync(ballast);
      return Promise.resolve();
    },
  });
  if (found.outcome.endsWith('new')) await succeed(place.lab, 'pop', place.web, '--stackpointer', '4');
  return found;
}

async function inLab(program: string, dir: string): Promise<Case[]> {
  const data = join(dir, 'hosts/docker01/data');
  mkdirSync(data, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', data]);
  const lab = await up({ dir, hosts: 2 });
  await pushImages(lab);
  const place = layOutPlace(lab, 0, program);
  await setUpPlace(place);
  const cases: Case[] = [];
  for (const kind of kinds) cases.push(await fillAt(place, data, kind));
  // And when there is room again, the same release works.
  await succeed(place.lab, 'release', place.web, '-v', 'v5');
  return cases;
}

export const fullEngineDisk: Fault = {
  what: 'the disk of an engine is full',
  run: async ([place]) => {
    const dir = mkdtempSync(join(tmpdir(), 'cmanage-full-'));
    try {
      return place ? await inLab(place.program, dir) : [];
    } finally {
      await down(dir);
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
