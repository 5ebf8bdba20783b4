import { containersOf, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { positionsInUse } from '../model/trees.ts';
import { constraint } from './constraint.ts';

export const hostLoss = constraint({
  code: 'host-loss',
  kind: 'complete',
  summary: 'No endpoint goes dark, and no service of its tree, if any one host is lost.',
  judge: ({ state }) =>
    state.services.flatMap(({ name }) => {
      const stacks = stacksOf(state, name);
      if (stacks.length === 0) return [];
      const used = positionsInUse(state, name);
      // A position that no stack has is nothing to lose; tree-shape and endpoint-service tell of it.
      const dark = used.filter((position) => hostsAt(state, name, position).size === 1);
      const hosts = new Set(stacks.map((stack) => stack.host));
      if (hosts.size >= 2 && dark.length === 0) return [];
      const fact =
        hosts.size < 2
          ? `all its containers are on ${[...hosts].join()}, and are lost with it`
          : `${dark.length === 1 ? 'position' : 'positions'} ${dark.join(' and ')} would be lost with one host`;
      const remedy = `give it another stack by 'cmanage scale ${name} --stacks ${stacks.length + 1}'`;
      return [{ service: name, object: name, fact, remedy }];
    }),
});

function hostsAt(state: State, service: string, position: number): Set<string> {
  const stacks = stacksOf(state, service).filter((stack) => containersOf(state, stack.name)[position]);
  return new Set(stacks.map((stack) => stack.host));
}
