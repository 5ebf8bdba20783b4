import { childrenOf, modeOf } from '../../src/model/links.ts';
import { ownersOf } from '../../src/model/lookup.ts';
import type { Container, State } from '../../src/model/state.ts';
import { linkPorts } from './makeState.ts';

/** The state with links for every container to each service its own one calls, at ports in the order of the rows. */
export function withLinks(state: State): State {
  const next = { http: linkPorts.http.from, tcp: linkPorts.tcp.from };
  const linked = (container: Container): Container['links'] => {
    const children = childrenOf(state, ownersOf(state, container).service.name);
    return Object.fromEntries(
      children.map((child) => {
        const mode = modeOf(state, child);
        return [child, { host: linkPorts.address ?? '', port: next[mode]++, mode }];
      }),
    );
  };
  return { ...state, containers: state.containers.map((row) => ({ ...row, links: linked(row) })) };
}
