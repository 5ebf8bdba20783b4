import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, labUnavailable, up, type Lab } from '../../lab/lab.ts';
import { bin } from './cmanage.ts';

const noLab = await labUnavailable();

export type Needs = {
  /** How many Docker hosts. */
  readonly hosts?: number;
  readonly loadbalancers?: number;
  /** A program that the lab itself does not need, as the path where Debian's package puts it. */
  readonly program?: { readonly path: string; readonly package: string };
};

function reasonAgainst({ program }: Needs): string | null {
  if (noLab !== null || !program || existsSync(program.path)) return noLab;
  return `there is no ${program.path}; apt-get install ${program.package}`;
}

/** Real engines on a busy machine with two cores may take their time; a test that hangs still ends. */
const longestTest = 120_000;

/**
 * Tells a story on a lab of its own, which is up before the first test and gone after the last one, also when tests
 * fail. Where no lab can run there is one test that says why; with CI set that one fails, so that nobody takes a run
 * without scenarios for a good one.
 */
export function describeLab(name: string, story: (lab: Lab) => void, needs: Needs = {}): void {
  const reason = reasonAgainst(needs);
  if (reason !== null) {
    describeNoLab(name, reason);
    return;
  }
  describe(name, () => {
    jest.setTimeout(longestTest);
    const dir = mkdtempSync(join(tmpdir(), 'cmanage-scenario-'));
    // Filled when the lab is up: the tests of the story close over it before that.
    const lab = {} as Lab;
    beforeAll(async () => {
      if (!existsSync(bin.built)) throw new Error('cmanage is not built: run `npm run build` first');
      Object.assign(lab, await up({ dir, hosts: needs.hosts ?? 2, loadbalancers: needs.loadbalancers ?? 1 }));
    });
    afterAll(async () => {
      await down(dir);
      rmSync(dir, { recursive: true, force: true });
    });
    story(lab);
  });
}

function describeNoLab(name: string, why: string): void {
  describe(name, () => {
    it(`CANNOT RUN HERE, nothing was tested: ${why}`, () => {
      if (process.env.CI) throw new Error(`no lab in CI: ${why}`);
      console.log(`${name}: skipped, no lab can run here: ${why}`);
    });
  });
}
