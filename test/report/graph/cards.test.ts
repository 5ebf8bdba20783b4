import { describe, expect, it } from '@jest/globals';
import { generate } from '../../../bench/scale/generate.ts';
import { emptyState } from '../../../src/model/state.ts';
import { endpointOptions } from '../../../src/model/traffic.ts';
import { cardsOf, type Card } from '../../../src/report/graph/cards.ts';
import { layoutOf, type Box } from '../../../src/report/graph/layout.ts';
import { cardSvg, graphSvg } from '../../../src/report/graph/svg.ts';
import { changeRow, makeState, withEdge } from '../../support/makeState.ts';
import { edge, shop } from '../../support/shop.ts';

const outline = ({ branches }: Card): string[] =>
  branches.map(({ name, kind, depth, note, stacks }) =>
    `${'  '.repeat(depth)}${name} ${kind}${note && ` (${note})`} ${stacks.map(({ host }) => host).join(' ')}`.trimEnd(),
  );

describe('the cards of an environment', () => {
  it('are one picture where there are few services, in which each is drawn in full once and nothing it calls is lost', () => {
    const cards = cardsOf(shop());
    expect(cards.map(outline)).toEqual([
      [
        'admin service docker02 docker03',
        '  training service docker01 docker03',
        'webapp service docker01 docker02',
        '  training elsewhere (prod, qa, dev at 1)',
        '    orders external (prod db.example.net:5432)',
        'legacy service docker03',
      ],
    ]);
    expect(cards[0]?.doors.map(({ label, branch, positions }) => [label, branch, positions])).toEqual([
      ['prod :9000', 0, [0]],
      ['prod :80', 2, [0]],
      ['qa :8081', 2, [1]],
      ['dev :8082', 2, [2]],
    ]);
    expect(cards[0]?.branches[3]?.parent).toBe(2);
  });

  it('tell which containers get requests', () => {
    const [card] = cardsOf(shop());
    const training = card?.branches[1]?.stacks[0]?.cells.map(({ version, serves }) => [version, serves]);
    expect(training).toEqual([
      ['v2', true],
      ['v2', true],
      ['v3', false],
    ]);
  });

  it('are one for each main service where there are many, and one for each service that nobody calls', () => {
    const state = generate(200, 'registry.example/tiny');
    const cards = cardsOf(state);
    expect(cards).toHaveLength(67);
    expect(cards.flatMap(({ services }) => services).sort()).toEqual(
      state.services.map(({ name }) => name).sort(),
    );
  });

  it('stand in the order in which people count', () => {
    const mains = cardsOf(generate(40, 'registry.example/tiny')).map(({ services }) => services[0]);
    expect(mains.slice(0, 6)).toEqual([
      'service0',
      'service3',
      'service6',
      'service9',
      'service12',
      'service15',
    ]);
  });

  it('have the shares of an endpoint that spreads over positions', () => {
    const weights = [90, 0, 10].map((weight, position) => ({ position, weight }));
    const spread = changeRow(shop(), 'endpoints', 'webapp-endpoint-prod', {
      options: endpointOptions({ weights }),
    });
    expect(cardsOf(spread)[0]?.doors[1]?.label).toBe('prod :80 @0=90,2=10');
  });

  it('have lines to hosts that bend only behind the highest stack', () => {
    for (const layout of cardsOf(shop()).map(layoutOf)) {
      const ends = layout.branches.flatMap(({ stacks }) =>
        stacks.flatMap(({ cells }) => cells.map(({ x, width }) => x + width)),
      );
      expect(layout.ways.length).toBeGreaterThan(0);
      for (const { bend, to } of layout.ways) {
        expect(bend).toBeGreaterThanOrEqual(Math.max(...ends));
        expect(bend).toBeLessThan(to.x);
      }
    }
  });

  it('end where trees go round in circles', () => {
    const ring = [edge('a-endpoint-prod', 'a', 'b'), edge('a-endpoint-prod', 'b', 'a')].reduce(
      withEdge,
      makeState({ a: { endpoints: { prod: {} } }, b: {} }),
    );
    expect(cardsOf(ring).map(outline)).toEqual([
      ['a service docker01', '  b service docker01', '    a elsewhere'],
    ]);
  });

  it('are none of an empty environment, which is drawn all the same', () => {
    expect(cardsOf(emptyState)).toEqual([]);
    expect(graphSvg([], ['prod'], 'shop at revision 0')).toContain('<title>shop at revision 0</title>');
  });
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('the layout of a card', () => {
  const many = makeState({
    front: {
      hosts: ['docker01', 'docker02'],
      versions: ['2026.11.21-build.4711', 'v2'],
      endpoints: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, {}])),
    },
    'a-service-with-a-name-of-forty-letters': {
      hosts: ['docker03'],
      versions: ['v1', 'v2', 'v3', 'v4', 'v5'],
    },
  });
  it.each([
    ['the shop', shop()],
    ['one with more endpoints than stacks, and long names', many],
    ['200 services', generate(200, 'registry.example/tiny')],
  ])('has nothing upon something else, and nothing outside: %s', (_, state) => {
    for (const layout of cardsOf(state).map(layoutOf)) {
      const cells = layout.branches.flatMap(({ stacks }) => stacks.flatMap((stack) => stack.cells));
      const boxes: readonly Box[] = [...layout.doors, ...cells, ...layout.hosts];
      expect(boxes.length).toBeGreaterThan(5);
      boxes.forEach((one, index) => {
        expect(boxes.slice(index + 1).filter((other) => overlap(one, other))).toEqual([]);
      });
      for (const { x, y, width, height } of boxes) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(layout.width);
        expect(y + height).toBeLessThanOrEqual(layout.height);
      }
    }
  });

  it('leads a way from each stack to its host', () => {
    const [card] = cardsOf(shop());
    if (!card) throw new Error('the shop has no card');
    const { ways, hosts } = layoutOf(card);
    expect(ways).toHaveLength(7);
    for (const { to, host } of ways) {
      const place = hosts.find(({ name }) => name === host);
      expect(to).toEqual({ x: place?.x, y: (place?.y ?? NaN) + 9 });
    }
  });
});

describe('a drawing', () => {
  it('has the text of each container, and says in its title what it is', () => {
    const [card] = cardsOf(shop());
    const svg = card ? cardSvg(card, ['prod', 'qa', 'dev']) : '';
    expect(svg).toContain('<title>webapp-stack1-app1 v1</title>');
    expect(svg).toContain('<title>training-stack1-app3 v3, gets no requests</title>');
    expect(svg).toContain('<title>webapp-endpoint-prod (www.example.net), stage prod, position 0</title>');
    expect(svg.match(/class="c p0/g)).toHaveLength(7);
  });

  it('stands alone with its colours and its title, each element closed', () => {
    const svg = graphSvg(cardsOf(generate(200, 'registry.example/tiny')), ['prod', 'qa', 'dev'], 'A & B');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('<title>A &amp; B</title>');
    for (const name of ['g', 'text', 'title', 'svg', 'style'])
      expect(svg.match(new RegExp(`<${name}[ >]`, 'g'))?.length).toBe(
        svg.match(new RegExp(`</${name}>`, 'g'))?.length,
      );
  });
});
