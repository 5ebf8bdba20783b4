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
import { layOutPlace, pushImages, setUpPlace, type Place } from './place.ts';

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

type Chosen = { readonly name: string; readonly guard: Guard };

/** An environment of its own with a build from which passages are cut out; one that is left broken disturbs no other. */
async function prepare(lab: Lab, number: number, cuts: Guard['cuts']): Promise<Place> {
  const place = layOutPlace(lab, number, await buildFaulty(join(lab.dir, `build${number}`), cuts));
  await setUpPlace(place);
  return place;
}

async function complaintsOf(place: Place, name: string): Promise<string[]> {
  const fault = faults[name];
  if (!fault) throw new Error(`no fault is called ${name}`);
  try {
    const cases = await fault.run([place], new AbortController().signal);
    return cases.flatMap(({ complaints }) => [...complaints]);
  } catch (error) {
    // A command on the way that failed where it must succeed is noticed, too.
    return [error instanceof Error ? error.message : String(error)];
  }
}

function tell({ name, guard: { what } }: Chosen, test: string, complaints: readonly string[]): boolean {
  console.log(`${complaints.length > 0 ? 'noticed' : 'NOT NOTICED'}  ${name} (${what}) by ${test}`);
  for (const complaint of complaints) console.log(`    ${complaint.split('\n')[0] ?? ''}`);
  return complaints.length > 0;
}

/** Those that a fault notices; on cmanage as it is, the same fault must not complain. */
async function byFaults(dir: string, chosen: readonly Chosen[]): Promise<boolean> {
  const lab = await up({ dir, hosts: 3, loadbalancers: chosen.length + 1 });
  await pushImages(lab);
  const whole = await prepare(lab, 0, []);
  let areAllNoticed = true;
  for (const [index, { name, guard }] of chosen.entries()) {
    const fault = 'fault' in guard.noticedBy ? guard.noticedBy.fault : '';
    const usual = await complaintsOf(whole, fault);
    if (usual.length > 0) throw new Error(`${fault} fails without any sabotage: ${usual.join('; ')}`);
    const complaints = await complaintsOf(await prepare(lab, index + 1, guard.cuts), fault);
    areAllNoticed = tell({ name, guard }, `test:faults ${fault}`, complaints) && areAllNoticed;
  }
  return areAllNoticed;
}

/** Under load, by what it costs; that nothing is lost without the sabotage is what `npm run test:traffic` itself proves. */
async function underLoad(chosen: readonly Chosen[]): Promise<boolean> {
  const main = join(projectRoot(), 'dist/traffic/main.js');
  let areAllNoticed = true;
  for (const { name, guard } of chosen) {
    const sabotage = 'traffic' in guard.noticedBy ? guard.noticedBy.traffic : '';
    const { exitCode, stdout } = await execa(process.execPath, [main, '--sabotage', sabotage], {
      reject: false,
    });
    const complaints = exitCode === 0 ? [stdout.split('\n')[0] ?? ''] : [];
    areAllNoticed = tell({ name, guard }, `test:traffic --sabotage ${sabotage}`, complaints) && areAllNoticed;
  }
  return areAllNoticed;
}

const chosen = values.only.split(',').map((name): Chosen => {
  const guard = guards[name];
  if (!guard) throw new Error(`no guard is called ${name}: ${Object.keys(guards).join(', ')}`);
  return { name, guard };
});
const ofFaults = chosen.filter(({ guard }) => 'fault' in guard.noticedBy);
const dir = mkdtempSync(join(tmpdir(), 'cmanage-guards-'));
try {
  const areNoticed = ofFaults.length === 0 || (await byFaults(dir, ofFaults));
  const rest = chosen.filter((one) => !ofFaults.includes(one));
  if (!(await underLoad(rest)) || !areNoticed) process.exitCode = 1;
} catch (error) {
  console.error(inspect(error));
  process.exitCode = 1;
} finally {
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
}
