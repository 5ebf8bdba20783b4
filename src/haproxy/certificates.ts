import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import type { Fingerprints } from './endpointLines.ts';
import { quote, runScript } from './shell.ts';

/**
 * The SHA-256 of certificates' files on a load balancer's machine. HAProxy reads these files only when it is reloaded, and
 * the configuration says no more than their paths; with the fingerprints in it, a file that was renewed makes another
 * configuration, like everything else that has to be reloaded. A file that cannot be read is an error here already, and
 * not when HAProxy refuses it.
 */
export async function certificateFingerprints(
  balancer: BalancerConnection,
  paths: readonly string[],
): Promise<Fingerprints> {
  if (paths.length === 0) return {};
  const script = ['set -e', ...paths.map((path) => `sha256sum -- ${quote(path)}`)].join('\n');
  const output = await read(balancer, script);
  // A line for each file, in order; sha256sum begins it with \ where it has escaped the name.
  const sums = [...output.matchAll(/^\\?([0-9a-f]{64}) /gm)].map(([, sum = '']) => sum);
  return Object.fromEntries(paths.map((path, index) => [path, sums[index] ?? '']));
}

async function read(balancer: BalancerConnection, script: string): Promise<string> {
  const doing = 'reading certificates';
  try {
    return await runScript(balancer, doing, script, 10);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const remedy =
      "put the file there, or give another by 'cmanage changeendpoint ENDPOINT --certificate FILE'";
    throw new HostError(balancer.name, doing, `${String(error.cause)}; ${remedy}`);
  }
}
