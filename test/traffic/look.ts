import type { Lab } from '../../lab/lab.ts';
import { succeedJson } from '../support/cmanage.ts';
import { whatRuns } from '../support/world.ts';
import { chainsOf, fixedIn, sharesOf, type Fixed, type Shares, type Tree } from './expected.ts';
import type { Allowed } from './generator/protocol.ts';
import { watched } from './world.ts';

/** What `cmanage show services -o json` says, as far as operations are chosen by it. */
export type ServiceSeen = {
  readonly name: string;
  readonly stacks: readonly {
    readonly name: string;
    readonly host: string;
    readonly containers: readonly { readonly name: string; readonly version: string }[];
  }[];
  readonly endpoints: readonly EndpointSeen[];
};

export type EndpointSeen = {
  readonly name: string;
  readonly stage: string;
  readonly pointer: number;
  readonly options: { readonly weights: readonly { readonly position: number; readonly weight: number }[] };
};

export type Seen = {
  readonly services: readonly ServiceSeen[];
  /** Who should answer at each stage. */
  readonly allowed: Allowed;
  /** In which shares, at stages whose endpoint spreads over several versions. */
  readonly shares: Shares;
  readonly fixed: readonly Fixed[];
  /** How the engines' own lists differ from the state; empty where every container runs and no other does. */
  readonly differences: readonly string[];
};

/** Looks at the state, and at whether the hosts run just that. */
export async function look(lab: Lab): Promise<Seen> {
  const [services, trees, running] = await Promise.all([
    succeedJson<ServiceSeen[]>(lab, 'show', 'services'),
    succeedJson<Tree[]>(lab, 'show', 'trees'),
    whatRuns(lab),
  ]);
  const stated = services.flatMap(({ stacks }) =>
    stacks.flatMap(({ host, containers }) =>
      containers.map(({ name, version }) => `${host} ${name} running ${version}`),
    ),
  );
  const differences = [
    ...stated.filter((line) => !running.includes(line)).map((line) => `not there: ${line}`),
    ...running.filter((line) => !stated.includes(line)).map((line) => `in no state: ${line}`),
  ];
  const [allowed, shares] = [chainsOf(trees, watched), sharesOf(trees, watched)];
  return { services, allowed, shares, fixed: fixedIn(trees, watched), differences };
}
