import type { Environment, Host, LinkPorts, LoadBalancer } from '../../src/model/environment.ts';
import type { Rules, RuleSetting } from '../../src/model/rules.ts';

/**
 * The rules and hosts of a proof in plain terms. The core is given them as an Environment; the naive judge (naive.ts)
 * reads them as they stand here, so that the two share nothing but these words.
 */
export type House = {
  readonly stages: readonly string[];
  readonly minContainers: number;
  /** Whether every endpoint's tree counts, or those of one stage once. */
  readonly countEndpoints: boolean;
  /** Whether a later version, or the same again, may stand above another. */
  readonly incremental: boolean;
  readonly equal: boolean;
  /** Whether a tag without an order may stand anywhere. */
  readonly unordered: boolean;
  /** Rules that only warn. */
  readonly relaxed: readonly string[];
  readonly hosts: readonly string[];
  /** The most containers on each host, and how many ports each has to give. */
  readonly capacity: number;
  readonly ports: number;
  readonly balancers: readonly string[];
};

export const defaultHouse: House = {
  stages: ['prod', 'qa', 'dev'],
  minContainers: 3,
  countEndpoints: false,
  incremental: true,
  equal: true,
  unordered: false,
  relaxed: ['memory-limit'],
  hosts: ['h1', 'h2', 'h3'],
  capacity: 10,
  ports: 12,
  balancers: ['lb'],
};

/** One stage and stacks of one container: the smallest services that are complete, so that small bounds reach far. */
export const smallHouse: House = { ...defaultHouse, stages: ['prod'], minContainers: 1 };

export const firstPort = 20000;
export const firstLinkPort = 10000;

/** Tags that float, by the default of the rule version-pinned, which forbids them in production. */
export const floatingTags = ['latest'];

export const balancerAddress = '192.0.2.10';

function balancerOf(name: string): LoadBalancer {
  return {
    name,
    address: balancerAddress,
    statsSocket: '/run/haproxy/stats.sock',
    linkMap: '/etc/haproxy/links.map',
    drainLimit: 30,
  };
}

/** Never used up. */
const linkPorts: LinkPorts = {
  address: balancerAddress,
  http: { from: firstLinkPort, to: firstLinkPort + 999 },
  tcp: { from: 11000, to: 11999 },
};

export function environmentOf(house: House): Environment {
  return {
    rules: rulesOf(house),
    hosts: house.hosts.map(hostOf(house)),
    loadBalancers: house.balancers.map(balancerOf),
    links: linkPorts,
  };
}

function hostOf(house: House) {
  return (name: string, index: number): Host => ({
    name,
    address: `192.0.2.${20 + index}`,
    ports: { from: firstPort, to: firstPort + house.ports - 1 },
    maxContainers: house.capacity,
    labels: {},
    placement: true,
  });
}

function rulesOf(house: House): Rules {
  const order = [...(house.incremental ? ['incremental'] : []), ...(house.equal ? ['equal'] : [])];
  const settings: Record<string, RuleSetting> = {
    'stack-height': { parameters: { min_containers: house.minContainers } },
    'stack-versions': { parameters: { order, unordered: house.unordered ? 'allow' : 'refuse' } },
    'tree-count': { parameters: { count: house.countEndpoints ? 'endpoints' : 'stages' } },
  };
  for (const code of house.relaxed) {
    settings[code] = { level: 'warn', parameters: settings[code]?.parameters ?? {} };
  }
  return { stages: house.stages, settings, overrides: [] };
}
