import type { Config } from '../config/config.ts';
import { readLive } from '../haproxy/balancer.ts';
import { certificateFingerprints } from '../haproxy/certificates.ts';
import type { Fingerprints } from '../haproxy/endpointLines.ts';
import { certificatesOf } from '../haproxy/fronts.ts';
import type { BalancerConnection } from '../model/connection.ts';
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
  state: State,
): Promise<ReadonlyMap<string, Fingerprints>> {
  const read = connection.balancers.map(
    async (balancer) => [balancer.name, await readCertificatesOn(balancer, state)] as const,
  );
  return new Map(await Promise.all(read));
}

/** Reads what the files of certificates are now on one load balancer, which is not asked where there are none. */
export async function readCertificatesOn(
  balancer: BalancerConnection,
  { endpoints }: State,
): Promise<Fingerprints> {
  const paths = certificatesOf(endpoints);
  return paths.length === 0 ? {} : certificateFingerprints(balancer, paths);
}
