import type { Lab } from '../../lab/lab.ts';
import { succeed } from './cmanage.ts';

/** The service of the story, and its front doors: prod at 8080, qa at 8081, dev at 8082. */

export const repository = 'larhauga/webapp';
export const imageOf = (lab: Lab): string => `${lab.registry.address}/${repository}`;

export const addServiceArgs = (lab: Lab, name = 'webapp'): string[] => [
  ...['addservice', name, '-i', imageOf(lab), '-s', '2'],
  ...['-v', 'v0.1', 'v0.2', 'v0.3', '--health', '/health'],
];

export async function addWebapp(lab: Lab, ...more: string[]): Promise<void> {
  await succeed(lab, 'init');
  await succeed(lab, ...addServiceArgs(lab), ...more);
}

export async function addEndpoints(lab: Lab): Promise<void> {
  await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
  await succeed(lab, 'addendpoint', 'qa', '-s', 'webapp', '-p', '8081');
  await succeed(lab, 'addendpoint', 'dev', '-s', 'webapp', '-p', '8082');
}
