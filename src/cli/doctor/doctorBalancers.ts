import { examineBalancer } from '../../haproxy/examine.ts';
import { certificatesOf } from '../../haproxy/fronts.ts';
import { judgeLosses } from '../../haproxy/losses.ts';
import { attention, unknown, type Checked } from '../../model/checked.ts';
import type { BalancerConnection } from '../../model/connection.ts';
import type { State } from '../../model/state.ts';
import { judgeClock, judgeSpace, judgeValidity, judgeVersion } from './thresholds.ts';
import type { Config } from '../../config/config.ts';
import { orTell } from './doctorHosts.ts';

/** The oldest HAProxy that has all of the runtime API that traffic is moved by. */
const leastHaproxy = '2.6';

/** What `doctor` looks at on each load balancer. */
export async function examineBalancers(
  { connection, environment }: Config,
  state: State,
): Promise<Checked[]> {
  const all = connection.balancers.map((balancer) => {
    const limit = environment.loadBalancers.find(({ name }) => name === balancer.name)?.drainLimit ?? 0;
    return orTell(() => examine(balancer, state, limit), 'haproxy', balancer.name);
  });
  return (await Promise.all(all)).flat();
}

async function examine(balancer: BalancerConnection, state: State, drainLimit: number): Promise<Checked[]> {
  const { name, config } = balancer;
  const found = await examineBalancer(balancer, certificatesOf(state.endpoints));
  return [
    found.version === null
      ? unknown(
          'version',
          name,
          `${balancer.program} does not tell its version`,
          'look whether it is installed there',
        )
      : judgeVersion(name, 'HAProxy is', found.version, leastHaproxy),
    judgeClock(name, found.clock),
    found.space
      ? judgeSpace(`${name}:${config}`, found.space)
      : unknown('disk', `${name}:${config}`, 'df does not tell how much is free', 'look there by hand'),
    ...[...found.certificates].map(([path, validity]) =>
      validity
        ? judgeValidity(`${name}:${path}`, validity, Date.now())
        : attention(
            'certificate',
            `${name}:${path}`,
            'it has no certificate that can be read',
            'look at the file: the next reload of HAProxy fails',
          ),
    ),
    ...(found.files === null
      ? [
          unknown(
            'haproxy',
            name,
            'which files the running one reads cannot be seen',
            'let cmanage read /proc there, as root does',
          ),
        ]
      : judgeLosses(name, found.files, drainLimit)),
  ];
}
