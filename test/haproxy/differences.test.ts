import { describe, expect, it } from '@jest/globals';
import { differenceIn } from '../../src/haproxy/differences.ts';
import { contentsOf, readGeneration } from '../../src/haproxy/render.ts';
import type { Running } from '../../src/haproxy/runtime.ts';
import { withLinks } from '../support/links.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { liveOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const { linkMap } = makeBalancer();
const services = makeState({ webapp: { endpoints: { prod: {} } }, mail: {} });
const state = withLinks(withTree(services, 'webapp-endpoint-prod', 'webapp > mail'));
const config = liveOf(state, environment).get('lb01') ?? '';

/** What HAProxy serves when all is as its file says. */
function running(change: Partial<Running> = {}): Running {
  const { servers, links } = contentsOf(config);
  const serving = [...servers].map(([backend, list]) => {
    return [backend, list.map((server) => ({ ...server, state: 'ready' as const, up: true }))] as const;
  });
  const generation = readGeneration(config);
  return { generation, servers: new Map(serving), links, usesMap: true, ...change };
}

describe('differenceIn', () => {
  const [[port, backend] = [0, '']] = contentsOf(config).links;

  it('says nothing of a HAProxy that serves what its file says', () => {
    expect(port).toBeGreaterThan(0);
    expect(differenceIn(running(), config, linkMap)).toBeNull();
  });

  it.each<[string, Partial<Running>, RegExp]>([
    ['another generation', { generation: 'other' }, /it runs generation other and not/],
    ['no map', { usesMap: false }, /it uses no map/],
    ['a link that leads nowhere', { links: new Map() }, /it leads port \d+ to nobody, not link\.mail\.0/],
    [
      'a link that leads elsewhere',
      { links: new Map([[port, 'x']]) },
      /it leads port \d+ to x, not link\.mail\.0/,
    ],
    ['no servers', { servers: new Map() }, /lacks webapp-stack1-app1 at /],
  ])('tells of %s', (_case, change, expected) => {
    expect(differenceIn(running(change), config, linkMap)).toMatch(expected);
  });

  it('names the host name that HAProxy has no address for', () => {
    const named = config.replace(/(server mail-stack1-app1) [\d.]+:/, '$1 mail.example:');
    const { servers } = running();
    const unresolved = [...servers].map(([name, list]) => {
      const found = list.map((server) =>
        server.name === 'mail-stack1-app1'
          ? { ...server, address: '-', state: 'maint' as const, up: false }
          : server,
      );
      return [name, found] as const;
    });
    const generation = readGeneration(named);
    expect(differenceIn(running({ generation, servers: new Map(unresolved) }), named, linkMap)).toBe(
      'mail.example, to which link.mail.0 leads, is a name that nobody knows where HAProxy runs',
    );
  });

  it('tells of a link that is left only where it is to have ended', () => {
    const links = new Map([...running().links, [10_999, backend]]);
    expect(differenceIn(running({ links }), config, linkMap)).toBeNull();
    expect(differenceIn(running({ links }), config, linkMap, [port])).toBeNull();
    expect(differenceIn(running({ links }), config, linkMap, [10_999])).toBe(
      `it still leads port 10999 to ${backend}`,
    );
  });
});
