import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { timed, type CommandLine } from '../process.ts';
import type { Variant } from '../rounds.ts';
import { verifyOrder, wipeHosts, type Order } from '../world.ts';

/** A cmanage command in the lab, run by the Node that runs the bench. */
export function cmanage(lab: Lab, ...args: string[]): CommandLine {
  return {
    program: process.execPath,
    args: [join(projectRoot(), 'bin/cmanage'), ...args],
    env: { CMANAGE_ETC: lab.etc },
  };
}

/**
 * Two stacks of six containers, in three versions: twelve containers on two hosts. They are deployed once, so that what
 * runs afterwards is what every deployment makes.
 */
export async function prepareService(lab: Lab): Promise<void> {
  const versions = ['v1', 'v1', 'v2', 'v2', 'v3', 'v3'];
  const image = `${lab.registry.address}/lab/tiny`;
  await timed(cmanage(lab, 'init'));
  await timed(
    cmanage(
      lab,
      'addservice',
      'tiny',
      '-i',
      image,
      '-s',
      '2',
      '--memory',
      '64m',
      '--cpus',
      '0.5',
      '-v',
      ...versions,
    ),
  );
  await wipeHosts(lab);
  await timed(cmanage(lab, 'deploy', 'containers'));
}

/** Everything a deployment is: planned, checked, recorded, and every container waited for until it is healthy. */
export function cmanageDeploy(lab: Lab, order: Order): Variant {
  return {
    name: 'cmanage deploy containers',
    prepare: () => wipeHosts(lab),
    command: cmanage(lab, 'deploy', 'containers'),
    verify: () => verifyOrder(lab, order),
  };
}
