import type { Config } from '../config/config.ts';
import { readLive } from '../haproxy/balancer.ts';
import { certificateFingerprints } from '../haproxy/certificates.ts';
import type { Fingerprints } from '../haproxy/endpointLines.ts';
import { certificatesOf } from '../haproxy/fronts.ts';
import type { State } from '../model/state.ts';

/** Reads what lies on the load balancers. */
export async function readLiveConfigs({ connection }: Config): Promise<ReadonlyMap<string, string>> {
  const configs = connection.balancers.map(
    async (balancer) => [balancer.name, await readLive(balancer)] as const,
  );
  return new Map(await Promise.all(configs));
}

/** Reads what the files of certificates are now, on every load balancer. */
export async function readCertificates(
  { connection }: Config,
  { endpoints }: State,
): Promise<ReadonlyMap<string, Fingerprints>> {
  const paths = certificatesOf(endpoints);
  if (paths.length === 0) return new Map();
  const read = connection.balancers.map(
    async (balancer) => [balancer.name, await certificateFingerprints(balancer, paths)] as const,
  );
  return new Map(await Promise.all(read));
}
