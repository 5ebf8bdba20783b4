import { ownersOf } from '../../model/lookup.ts';
import { driftOfHosts, type Drift } from '../../plan/drift.ts';
import { driftLines } from '../../report/drift.ts';
import { renderAs } from '../../report/table.ts';
import { exitCode } from '../exit.ts';
import type { CommonOptions } from '../options.ts';
import { screen } from '../screen.ts';
import { openSession, requireService } from '../session.ts';
import { driftOfBalancers, knownOf, seeBalancers, seeHosts } from '../see.ts';

/** `cmanage verify`: compares the state with every host and load balancer, and changes nothing. */
export async function verify(service: string | null, options: CommonOptions): Promise<number> {
  const session = await openSession(options, { write: false });
  try {
    const { state, config } = session;
    if (service !== null) requireService(state, service);
    const [sightings, balancers] = await Promise.all([
      seeHosts(session),
      service === null ? seeBalancers(session) : new Map<string, Error>(),
    ]);
    const drifts = [
      ...driftOfHosts(state, sightings, service, await knownOf(session, sightings)),
      ...driftOfBalancers(session, balancers),
    ];
    const checked = {
      hosts: config.connection.engines.length,
      loadbalancers: service === null ? config.connection.balancers.length : 0,
      containers: [...state.containers, ...state.retained].filter(
        (row) => service === null || ownersOf(state, row).service.name === service,
      ).length,
    };
    const data = { revision: state.revision, ...checked, drift: drifts };
    console.log(renderAs(options.output, data, () => driftText(drifts, checked)));
    return drifts.length === 0 ? exitCode.done : exitCode.drift;
  } finally {
    await session.close();
  }
}

export type Checked = { readonly hosts: number; readonly loadbalancers: number; readonly containers: number };

/** The findings as a table, with what was looked at. */
export function driftText(drifts: readonly Drift[], { hosts, loadbalancers, containers }: Checked): string {
  const style = screen();
  const { colour } = style;
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const where = [many(hosts, 'host'), ...(loadbalancers > 0 ? [many(loadbalancers, 'load balancer')] : [])];
  const about = `${many(containers, 'container')} on ${where.join(' and ')}`;
  if (drifts.length === 0) return `${about}: ${colour.green('all is as the state says')}`;
  return `${driftLines(drifts, style)}\n\n${about}: ${colour.red(many(drifts.length, 'difference'))}`;
}
