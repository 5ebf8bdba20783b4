import { execa } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { down, up, type Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { buildFaulty } from './build.ts';
import { faults } from './faults.ts';
import { guards, type Guard } from './guards.ts';
import { layOutPlace, pushImages, setUpPlace } from './place.ts';

/**
 * `npm run test:guards`: takes each guard out of a copy of cmanage and runs the test that is named for it, which must fail; first
 * that test is run on cmanage as it is, and must not. Ends with 1 where a loss was not noticed.
 */
const { values } = parseArgs({
  options: {
    /** Guards, separated by commas; else all. */
    only: { type: 'string', default: Object.keys(guards).join(',') },
  },
});

/** What the named fault complains about, each time in an environment of its own, because the last one is left broken. */
async function complaintsOf(lab: Lab, name: string, number: number, cuts: Guard['cuts']): Promise<string[]> {
  const fault = faults[name];
  if (!fault) throw new Error(`no fault is called ${name}`);
  const program = await buildFaulty(join(lab.dir, `build${number}`), cuts);
  const place = layOutPlace(lab, number, program);
  await setUpPlace(place);
  try {
    const cases = await fault.run([place], new AbortController().signal);
    return cases.flatMap(({ complaints }) => [...complaints]);
  } catch (error) {
    // A command on the way that failed where it must succeed is noticed, too.
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function isNoticedOn(lab: Lab, { noticedBy, cuts }: Guard, number: number): Promise<string[]> {
  if (!('fault' in noticedBy)) return [];
  const usual = await complaintsOf(lab, noticedBy.fault, number, []);
  if (usual.length > 0) throw new Error(`${noticedBy.fault} fails without any sabotage: ${usual.join('; ')}`);
  return complaintsOf(lab, noticedBy.fault, number + 1, cuts);
}

/** Under load, by what it costs; that nothing is lost without the sabotage is what `npm run test:traffic` itself proves. */
async function isNoticedUnderLoad(name: string): Promise<string[]> {
  const main = join(projectRoot(), 'dist/traffic/main.js');
  const { exitCode, stdout } = await execa(process.execPath, [main, '--sabotage', name], { reject: false });
  return exitCode === 0 ? [stdout.split('\n')[0] ?? ''] : [];
}

async function run(dir: string): Promise<boolean> {
  let areAllNoticed = true;
  const chosen = values.only.split(',').map((name) => {
    const guard = guards[name];
    if (!guard) throw new Error(`no guard is called ${name}: ${Object.keys(guards).join(', ')}`);
    return { name, guard };
  });
  for (const { name, guard } of chosen) {
    const { noticedBy } = guard;
    const test =
      'fault' in noticedBy ? `test:faults ${noticedBy.fault}` : `test:traffic ${noticedBy.traffic}`;
    const place = join(dir, name.replaceAll(' ', '-'));
    let complaints: string[];
    if ('fault' in noticedBy) {
      const lab = await up({ dir: place, hosts: 3, loadbalancers: 2 });
      try {
        await pushImages(lab);
        complaints = await isNoticedOn(lab, guard, 0);
      } finally {
        await down(place);
        rmSync(place, { recursive: true, force: true });
      }
    } else {
      complaints = await isNoticedUnderLoad(noticedBy.traffic);
    }
    areAllNoticed &&= complaints.length > 0;
    console.log(`${complaints.length > 0 ? 'noticed' : 'NOT NOTICED'}  ${name} (${guard.what}) by ${test}`);
    for (const complaint of complaints) console.log(`    ${complaint.split('\n')[0] ?? ''}`);
  }
  return areAllNoticed;
}

const dir = mkdtempSync(join(tmpdir(), 'cmanage-guards-'));
try {
  if (!(await run(dir))) process.exitCode = 1;
} catch (error) {
  console.error(inspect(error));
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
