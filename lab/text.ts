import type { PartStatus } from './lab.ts';
import type { Lab } from './record.ts';

/** One line per part: its name, what it does, and where. */
export const statusLines = (parts: PartStatus[]): string[] =>
  parts.map(({ part, state, pid, address }) =>
    [part.padEnd(9), state.padEnd(8), String(pid).padEnd(8), address].join(' '),
  );

/** Where a lab lives unless `--dir` or LAB_DIR says otherwise. */
export const defaultDirectory = '/tmp/cmanage-lab';

/** What a person needs to know after `up`. */
export function summaryLines(lab: Lab): string[] {
  return [
    `lab ${lab.number} in ${lab.dir}`,
    ...lab.hosts.map((host) => `${host.name}  ${host.engine} (TLS), unix://${host.socket}`),
    `registry  ${lab.registry.address}`,
    `haproxy   ${lab.loadbalancer.address}`,
    `etc       ${lab.etc}`,
    `next      eval "$(npm run -s lab -- env${lab.dir === defaultDirectory ? '' : ` --dir ${lab.dir}`})"`,
  ];
}

/** The lab's addresses, by the names that they have in a shell. */
export function labVariables(lab: Lab): Record<string, string> {
  return {
    CMANAGE_ETC: lab.etc,
    LAB_DIR: lab.dir,
    LAB_REGISTRY: lab.registry.address,
    LAB_LB: lab.loadbalancer.address,
    ...Object.fromEntries(lab.hosts.map((host) => [`LAB_SOCKET_${host.name.toUpperCase()}`, host.socket])),
    LAB_MASTER_SOCKET: lab.loadbalancer.masterSocket,
    LAB_STATS_SOCKET: lab.loadbalancer.statsSocket,
  };
}

/** The same as assignments for a shell: eval "$(npm run -s lab -- env)". */
export function envLines(lab: Lab): string[] {
  return Object.entries(labVariables(lab)).map(([name, value]) => `export ${name}=${quote(value)}`);
}

const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
