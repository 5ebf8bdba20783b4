import { beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { up, type Lab } from '../../lab/lab.ts';
import { kill } from '../../lab/processes.ts';
import type { StepKind } from '../../src/plan/step.ts';
import { buildFaulty, dyingAt, type Phase, type Point } from '../faults/build.ts';
import { pairs } from '../faults/commands.ts';
import { killOnce, planOfCommand, type Ending } from '../faults/kills.ts';
import {
  imageFor,
  layOutPlace,
  pushImages,
  runFaulty,
  setUpPlace,
  usual,
  type Place,
} from '../faults/place.ts';
import { complaintsAbout, stateOf, whatThereIs } from '../faults/world.ts';
import { cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { databaseOf } from '../support/world.ts';

/** A quick selection of what `npm run test:faults` does at every step: killed, and then finished or undone. */
describeLab('an operation that was killed', (whole) => {
  let place: Place;
  let lab: Lab;

  beforeAll(async () => {
    const [program] = await Promise.all([buildFaulty(join(whole.dir, 'faulty')), pushImages(whole)]);
    place = layOutPlace(whole, 0, program);
    ({ lab } = place);
    await setUpPlace(place);
  });

  /** The point of a command at the n-th step of a kind. */
  const pointAt = async (
    args: readonly string[],
    [kind, nth]: readonly [StepKind, number],
    phase: Phase,
  ): Promise<Point> => {
    const { steps } = await planOfCommand(lab, args);
    const found = steps.filter((step) => step.kind === kind)[nth];
    if (!found) throw new Error(`${args.join(' ')} has no ${nth + 1} steps ${kind}`);
    return { seq: found.seq, way: 'sent', phase };
  };

  /** Has a command die, and gives the number of its operation. */
  const die = async (args: readonly string[], point: Point): Promise<number> => {
    const { stderr } = await runFaulty(place, dyingAt(point), ...args);
    expect(stderr).toContain('ended by SIGKILL');
    await stateOf(lab);
    return (await latestOperation(databaseOf(lab)))?.id ?? 0;
  };

  const argsOf = (name: string): readonly string[] => pairs[name]?.there(place) ?? [];
  const restore = async (name: string): Promise<void> => {
    await succeed(lab, ...(pairs[name]?.back?.(place) ?? []));
  };

  it.each<[string, readonly [StepKind, number], Phase, Ending, 'new' | 'old']>([
    ['release', ['create_container', 0], 'request-sent', 'resume', 'new'],
    ['release', ['wait_healthy', 1], 'after-effect', 'rollback', 'old'],
    ['pop', ['set_map', 1], 'after-intent', 'resume', 'new'],
    ['pop', ['write_config', 0], 'after-effect', 'rollback', 'old'],
    ['replace', ['add_server', 0], 'after-outcome', 'rollback', 'old'],
  ])('%s at %j, %s: %s leads to the %s state', async (command, step, phase, ending, ended) => {
    const args = argsOf(command);
    const verdict = await killOnce(place, { args, point: await pointAt(args, step, phase), ending });
    expect(verdict).toMatchObject({ ended, killed: 1, complaints: [] });
    if (ended === 'new') await restore(command);
  });

  it('whose undoing was killed too is undone to its end, by resume as well', async () => {
    const point = await pointAt(argsOf('pop'), ['write_config', 0], 'after-effect');
    const again: Point = {
      ...(await pointAt(argsOf('pop'), ['drain_server', 0], 'after-effect')),
      way: 'compensating',
    };
    const before = await whatThereIs(lab);
    const id = await die(argsOf('pop'), point);
    const undoing = await runFaulty(place, dyingAt(again), 'rollback', '--operation', String(id));
    expect(undoing.stderr).toContain('ended by SIGKILL');
    // Killed while it wrote, it leaves a database that is read by nobody who may not write.
    await stateOf(lab);
    await expectFailure(lab, ['pop', 'web0'], {
      exitCode: 5,
      says: [`operation ${id} (pop web0)`, 'lb01', `undo the rest of it by 'cmanage resume ${id}'`],
    });
    const { exitCode, stdout } = await cmanage(lab, 'resume');
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 4 });
    expect(stdout).toContain(`undone: operation ${id} (pop web0)`);
    expect(await complaintsAbout(lab)).toEqual([]);
    expect(await whatThereIs(lab)).toEqual(before);
  });

  it('and whose HAProxy was restarted meanwhile is told again what it has forgotten', async () => {
    const id = await die(argsOf('pop'), await pointAt(argsOf('pop'), ['drain_server', 2], 'after-outcome'));
    await kill(whole.loadbalancer);
    Object.assign(whole, await up({ dir: whole.dir }));
    const dry = await succeedJson<{ way: string; steps: { kind: string }[] }>(lab, 'resume', '--dry-run');
    expect(dry.way).toBe('forward');
    expect(dry.steps.map(({ kind }) => kind)).toContain('add_server');
    await succeed(lab, 'resume', String(id));
    expect(await complaintsAbout(lab)).toEqual([]);
    await restore('pop');
  });

  it('holds what it has its hands on, and nothing else; the history says who finished it', async () => {
    const id = await die(argsOf('pop'), await pointAt(argsOf('pop'), ['stop_container', 0], 'after-intent'));
    const open = await succeedJson<{ id: number; way: string }[]>(lab, 'show', 'operations');
    expect(open).toMatchObject([{ id, way: 'forward', command: 'pop web0', underWay: false }]);
    await expectFailure(lab, [...argsOf('release')], {
      exitCode: 5,
      says: [`finish it by 'cmanage resume ${id}'`, 'web0'],
    });
    const image = ['-i', imageFor(place), '-s', '2'];
    await succeed(lab, 'addservice', 'aside', ...image, '-v', 'v1', 'v2', 'v3', ...usual);
    await expectFailure(lab, ['rollback', '--operation', String(id)], {
      exitCode: 3,
      says: ['traffic has moved', `'cmanage resume ${id}'`, "'cmanage rollback web0'"],
    });
    await succeed(lab, 'resume', String(id));
    expect(await complaintsAbout(lab)).toEqual([]);
    const entries = await succeedJson<{ id: number }[]>(lab, 'history');
    const command = `resume ${id}`;
    expect(entries.find((entry) => entry.id === id)).toMatchObject({
      status: 'done',
      finishedBy: { command },
    });
    expect((await cmanage(lab, 'resume', String(id))).stdout).toContain('has come to its end before: done');
    await restore('pop');
  });

  it('and whose command was given again is closed without touching what the second one adopted', async () => {
    const args = ['release', 'aside', '-v', 'v4'];
    const id = await die(args, await pointAt(args, ['wait_healthy', 0], 'after-intent'));
    const { stderr } = await succeed(lab, ...args);
    expect(stderr).toContain(`undo it by 'cmanage rollback --operation ${id}'`);
    const before = await whatThereIs(lab);
    const { exitCode } = await cmanage(lab, 'resume', String(id));
    expect(exitCode).toBe(4);
    expect(await whatThereIs(lab)).toEqual(before);
    expect(await complaintsAbout(lab)).toEqual([]);
  });

  it('and after which another change was recorded goes back only', async () => {
    const args = ['release', 'aside', '-v', 'v5'];
    const id = await die(args, await pointAt(args, ['wait_healthy', 0], 'after-intent'));
    await succeed(lab, 'pop', 'aside');
    await expectFailure(lab, ['resume', String(id)], {
      exitCode: 3,
      says: ['checked against revision', `'cmanage rollback --operation ${id}'`],
    });
    await succeed(lab, 'rollback', '--operation', String(id));
    expect(await complaintsAbout(lab)).toEqual([]);
    await expectFailure(lab, ['resume', '999'], { exitCode: 2, says: ['there is no operation 999'] });
    expect((await succeed(lab, 'resume')).stdout).toContain('no operation is unfinished');
  });

  it('and what of whose services is served has been changed since goes back only', async () => {
    const args = ['replace', 'aside', '--position', '0', '--direction', 'up'];
    const id = await die(args, await pointAt(args, ['wait_healthy', 0], 'after-intent'));
    await succeed(lab, 'addendpoint', 'prod', '-s', 'aside', '-p', '8190');
    await expectFailure(lab, ['resume', String(id)], {
      exitCode: 3,
      says: ['checked against revision', `'cmanage rollback --operation ${id}'`],
    });
    await succeed(lab, 'rollback', '--operation', String(id));
    expect(await complaintsAbout(lab)).toEqual([]);
  });

  it('is not brought to its end past another one that has its hands on the load balancer', async () => {
    const first = argsOf('release');
    const second = ['weight', 'aside-endpoint-prod', '0=50', '1=50'];
    const held = await die(first, await pointAt(first, ['create_container', 0], 'after-effect'));
    // What is only shown is refused as well.
    await expectFailure(lab, ['release', 'web0', '-v', 'v6', '--dry-run'], {
      exitCode: 5,
      says: [`operation ${held} (release web0 -v v5)`, 'is left of it, and is another one'],
    });
    const holder = await die(second, await pointAt(second, ['add_server', 0], 'after-effect'));
    await expectFailure(lab, ['resume', String(held)], {
      exitCode: 5,
      says: [`operation ${holder} (weight aside`, 'lb01', `finish it by 'cmanage resume ${holder}'`],
    });
    await succeed(lab, 'resume', String(holder));
    await succeed(lab, 'rollback', '--operation', String(held));
    expect(await complaintsAbout(lab)).toEqual([]);
  });
});
