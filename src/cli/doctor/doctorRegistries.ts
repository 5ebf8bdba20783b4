import { signOfLife } from '../../docker/registry.ts';
import { attention, fine, type Checked } from '../../model/checked.ts';
import type { RegistryConnection } from '../../model/connection.ts';
import { orTell } from './doctorHosts.ts';

/** What `doctor` looks at on each registry of hosts.yml: whether it answers, and takes the credentials that it gets. */
export async function examineRegistries(registries: readonly RegistryConnection[]): Promise<Checked[]> {
  const all = registries.map((registry) =>
    orTell(async () => [judge(registry.address, await signOfLife(registry))], 'registry', registry.address),
  );
  return (await Promise.all(all)).flat();
}

function judge(address: string, status: number): Checked {
  if (status >= 200 && status < 300) return fine('registry', address, 'it answers');
  if (status === 401 || status === 403) {
    return attention(
      ...['registry', address, 'it answers, and does not let cmanage in'],
      ...["give its credentials in hosts.yml (credentials: FILE), or by 'docker login'"],
    );
  }
  return attention('registry', address, `it answers ${status}`, 'see that a registry listens there');
}
