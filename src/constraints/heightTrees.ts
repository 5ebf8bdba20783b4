import { heightOf } from '../model/lookup.ts';
import { constraint } from './constraint.ts';
import { treeCount } from './treeCount.ts';

export const heightTrees = constraint({
  code: 'height-trees',
  kind: 'correct',
  summary:
    'A stack is at least as high as the number of trees its service is in (SH >= TC), so that each can have a version of its own.',
  judge: ({ state, environment: { rules } }) =>
    state.services.flatMap(({ name }) => {
      const [height, trees] = [heightOf(state, name), treeCount(state, name, rules)];
      if (height >= trees) return [];
      const fact = `height ${height} is too low: it is in ${trees} trees`;
      const remedy = `release a version on ${name} first, or take it out of a tree`;
      return [{ service: name, object: name, fact, remedy, deficit: trees - height }];
    }),
});
