import { beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoalAnswer } from '../../src/report/goal.ts';
import type { Difference } from '../../src/report/difference.ts';
import type { Replay } from '../../src/report/replay.ts';
import { cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { answersAt } from '../support/http.ts';
import { addEndpoints, addWebapp, repository } from '../support/webapp.ts';
import { fingerprint, registryDigest } from '../support/world.ts';

/** What is typed as it was printed leads to what the clients were to get. */
describeLab('the way to a goal', (lab) => {
  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('is walked command by command, each tried first, and ends where it was to', async () => {
    const before = await fingerprint(lab);
    const answer = await succeedJson<GoalAnswer>(lab, 'plan', 'prod=v0.3 qa=v0.4');
    expect(await fingerprint(lab)).toEqual(before);
    const { commands } = answer.ways.at(-1) ?? { commands: [] };
    expect(commands.map(({ command }) => command.replace(/ --etc \S+/, ''))).toEqual([
      'cmanage release webapp -v v0.4 v0.4',
      'cmanage pop webapp',
      'cmanage pop webapp',
    ]);
    for (const { command } of commands) {
      const args = command.replace(/^cmanage (--etc \S+ )?/, '').split(' ');
      await succeed(lab, ...args, '--dry-run');
      await succeed(lab, ...args);
    }
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.3']);
    expect((await answersAt(lab, 8081)).versions).toEqual(['v0.4']);
  });

  it('is refused where the rules are in the way, with the nearest that is possible', async () => {
    const { exitCode, stdout } = await cmanage(lab, 'plan', 'prod=v0.1', '--limit', '50');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /There is no way\. What stands in it:\n {2}stack-versions: webapp-stack1-app\d+: v0\.1 cannot stand on v0\.4/,
    );
    expect(stdout).toContain('The nearest that is possible: prod v0.3, as it is now.');
  });

  it('differs from stage to stage as the registry says', async () => {
    const { differences } = await succeedJson<{ differences: Difference[] }>(
      lab,
      ...['diff', 'webapp-endpoint-prod', 'webapp-endpoint-qa'],
    );
    const digests = await Promise.all(['v0.3', 'v0.4'].map((tag) => registryDigest(lab, repository, tag)));
    const found = differences.filter(({ what, same }) => ['version', 'digest'].includes(what) && !same);
    expect(found.map(({ left, right }) => [left, right])).toEqual([['v0.3', 'v0.4'], digests]);
    const { stdout } = await succeed(lab, 'diff', '5', '6');
    expect(stdout).toMatch(/^webapp-stack1 position 0\tversion\tv0\.1\tv0\.2\tyes$/m);
  });

  it('would not have been allowed by other rules', async () => {
    const rules = join(lab.dir, 'new.yml');
    writeFileSync(rules, 'rules:\n  stack-versions: { order: [incremental] }\n');
    const { exitCode, stdout } = await cmanage(lab, 'rules', 'replay', '--rules', rules, '-o', 'json');
    expect(exitCode).toBe(7);
    const { changes, refused } = JSON.parse(stdout) as Replay;
    expect(changes).toBe(7);
    expect(refused.map(({ command }) => command.replace(/ --etc \S+/, ''))).toEqual([
      expect.stringContaining('release webapp -v v0.4 v0.4'),
    ]);
  });
});
