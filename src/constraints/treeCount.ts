import { parametersFor, type Rules } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { isMainService, treesWith } from '../model/trees.ts';
import { constraint, type Finding } from './constraint.ts';

const code = 'tree-count';

const parameters = {
  /** `stages`: trees of the same stage count once. `endpoints`: every endpoint's tree counts (the thesis's letter). */
  count: 'stages',
};

/** The tree count (TC) of a service: the trees it is in, as their root or below it. */
export function treeCount(state: State, service: string, rules: Rules): number {
  const trees = treesWith(state, service);
  const { count } = parametersFor(rules, code, service, parameters);
  return count === 'endpoints' ? trees.length : new Set(trees.map(({ stage }) => stage)).size;
}

export const treeCountRule = constraint({
  code,
  kind: 'complete',
  summary: 'A service is in as many trees as there are stages (thesis 4.1, rule 6: TC >= stages).',
  parameters,
  choices: { count: ['stages', 'endpoints'] },
  judge: ({ state, environment: { rules } }) =>
    state.services.flatMap(({ name }) => {
      const count = treeCount(state, name, rules);
      const lacking = rules.stages.length - count;
      if (lacking <= 0) return [];
      const at = new Set(treesWith(state, name).map(({ stage }) => stage));
      const missing = rules.stages.filter((stage) => !at.has(stage));
      const where = missing.length === 0 ? '' : `, none at ${missing.join(', ')}`;
      const fact = `its tree count is ${count}${where}, and there are ${rules.stages.length} stages`;
      return [{ service: name, object: name, fact, deficit: lacking, ...remediesFor(state, name) }];
    }),
});

function remediesFor(state: State, name: string): Pick<Finding, 'remedy' | 'remedyIfWorse'> {
  const add = `'cmanage addendpoint STAGE -s ${name} -p PORT'`;
  if (isMainService(state, name)) return { remedy: `add the endpoints by ${add}` };
  const give = `give it endpoints by ${add}`;
  const connect = `connect it by 'cmanage connect SERVICE -c ${name}'`;
  const remove = `if nothing is to call it any more, 'cmanage delete service ${name} --cascade' first`;
  const isCalled = treesWith(state, name).length > 0;
  return {
    remedy: isCalled ? connect : `${give}, or ${connect}`,
    remedyIfWorse: `${connect}, or ${give}; ${remove}`,
  };
}
