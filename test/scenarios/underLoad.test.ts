import { beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { describeLab } from '../support/describeLab.ts';
import type { Door } from '../traffic/generator/protocol.ts';
import { kindNames } from '../traffic/operations.ts';
import { losses } from '../traffic/report.ts';
import { runUnderLoad, type Options, type Result } from '../traffic/run.ts';
import { buildSabotaged, sabotages } from '../traffic/sabotage.ts';
import { setUp, usualLinks } from '../traffic/world.ts';

/** The short form of `npm run test:traffic` (docs/traffic.md). Nothing here may be lost, or answered by another stage. */
describeLab(
  'operations under load',
  (lab) => {
    let doors: Door[] = [];
    /** Gentler than the long form, so that other tests beside it are not held up. */
    const load = { rate: 500, lazy: [0.25, 600], slow: [50, 400] } as const;
    const run = (options: Partial<Options>): ReturnType<typeof runUnderLoad> =>
      runUnderLoad(lab, { doors, links: usualLinks, operations: 20, requests: 0, seed: 1, load, ...options });
    const minutes = 60_000;

    beforeAll(async () => {
      doors = await setUp(lab, usualLinks);
    }, 3 * minutes);

    it(
      'operations of each kind cost no request, and all answers are from versions that belong together',
      async () => {
        const { report, broken, operations, refused, done, spread, stopped } = await run({
          ...{ requests: 5_000, eachKind: true },
        });
        expect([stopped, ...broken, ...losses(report)]).toEqual([null]);
        expect(report).toMatchObject({ failed: 0, retried: 0, wrongStage: 0 });
        // That it was no idle load: every kind of request, at every door, and whole chains among them.
        expect(operations).toBeGreaterThanOrEqual(20);
        expect(Object.keys(done).sort()).toEqual([...kindNames].sort());
        expect(refused).toBeLessThan(operations);
        expect(Object.keys(report.kinds)).toHaveLength(6);
        expect(Object.keys(report.doors)).toHaveLength(doors.length);
        expect(report.judged.chains).toBeGreaterThan(100);
        // Endpoints that spread were seen to do so; a weight that does nothing is in `broken`.
        expect(spread.watched).toBeGreaterThan(0);
        expect(spread.complete).toBe(spread.watched);
      },
      8 * minutes,
    );

    // The others take longer to be noticed: `npm run test:traffic -- --sabotage all`, a part of `npm run test:long`.
    const quick = Object.entries(sabotages).filter(([name]) =>
      ['idle-close', 'drain', 'kill'].includes(name),
    );

    it.each(quick)(
      'spoiled on purpose, it is noticed: %s',
      async (name, sabotage) => {
        const program = await buildSabotaged(join(lab.dir, `sabotage-${name}`), sabotage);
        const { cost } = sabotage;
        const until = (result: Result): boolean => cost(result) > 0;
        const result = await run({ ...sabotage.run, program, until, operations: 40 });
        expect(result.stopped).toBeNull();
        expect(cost(result)).toBeGreaterThan(0);
      },
      8 * minutes,
    );
  },
  { hosts: 3 },
);
