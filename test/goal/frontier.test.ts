import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frontierOf } from '../../src/goal/frontier.ts';

it('gives the cheapest first, and of equally cheap ones the one that came first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), (costs) => {
      const frontier = frontierOf<number>();
      costs.forEach((cost, index) => {
        frontier.add(index, cost);
      });
      const taken = costs.map(() => frontier.take());
      const expected = costs
        .map((cost, index) => ({ cost, index }))
        .sort((a, b) => a.cost - b.cost || a.index - b.index);
      expect(taken).toEqual(expected.map(({ index }) => index));
      expect(frontier.take()).toBeUndefined();
    }),
  );
});
