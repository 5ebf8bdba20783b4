import { describe, expect, it } from '@jest/globals';
import { judgeLosses } from '../../src/haproxy/losses.ts';
import { spaceOf, validityOfChain } from '../../src/haproxy/examine.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { withLinks } from '../support/links.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const state = makeState({ webapp: { endpoints: { prod: {} } } });
const good = render(routes(state, makeEnvironment(), makeBalancer()), makeBalancer());
const judge = (text: string, ...more: string[]): string[] =>
  judgeLosses(
    'lb01',
    [text, ...more].map((one, index) => ({ path: `/etc/${index}.cfg`, text: one })),
    30,
  ).flatMap(({ status, fact }) => (status === 'ok' ? [] : [fact]));

describe('judgeLosses', () => {
  it('finds nothing in what cmanage renders', () => {
    expect(judge(good)).toEqual([]);
    const services = makeState({ webapp: { endpoints: { prod: {} } }, mail: {} });
    const linked = withLinks(withTree(services, 'webapp-endpoint-prod', 'webapp > mail'));
    const text = render(routes(linked, makeEnvironment(), makeBalancer()), makeBalancer());
    expect(text).toContain('no option idle-close-on-response');
    expect(judge(text)).toEqual([]);
    expect(judge(good, '# nothing\n')).toEqual([]);
  });

  it.each([
    ['    option idle-close-on-response', 'a reload cuts kept-alive connections'],
    ['    option redispatch 1', 'a request to a server that died'],
    ['    timeout http-request 30s', 'clients that trickle their headers'],
    ['    timeout connect 2s', 'a host that is gone'],
    ['    timeout client 60s', 'clients that are gone'],
    ['    timeout server 60s', 'a container that hangs'],
    ['    hard-stop-after 30s', 'no hard-stop-after bounds'],
    [' expose-fd listeners', 'no stats socket hands its listeners over'],
  ])('misses%s', (line, cost) => {
    expect(good).toContain(line);
    expect(judge(good.replace(line, ''))).toEqual([expect.stringContaining(cost)]);
  });

  it.each([
    ['global\n hard-stop-after 29s\n', '/etc/1.cfg:2: hard-stop-after 29s cuts requests'],
    ['global\n hard-stop-after 500 # ms\n', '/etc/1.cfg:2: hard-stop-after 500 cuts requests'],
    ['defaults\n no option redispatch\n', "/etc/1.cfg:2: 'no option redispatch' loses requests"],
    [
      'frontend x\n no option idle-close-on-response\n defaults\n',
      "'no option idle-close-on-response' loses",
    ],
    ['defaults\n option httpclose\n', "'option httpclose' closes the connection"],
  ])('finds in another file %j', (text, fact) => {
    expect(judge(good, text).join('\n')).toContain(fact);
  });

  it.each(['global\n hard-stop-after 1m\n', 'global\n hard-stop-after 30000\n', '# no option redispatch\n'])(
    'is content with %j',
    (text) => {
      expect(judge(good, text)).toEqual([]);
    },
  );
});

describe('what a machine says', () => {
  it('is read from df', () => {
    expect(spaceOf('/dev/sda1 1000 400 600 40% /')).toEqual({ total: 1_024_000, free: 614_400 });
    expect(spaceOf('//nas/share name 1000 400 600 40% /mnt')).toEqual({ total: 1_024_000, free: 614_400 });
    expect(spaceOf('df: no such file')).toBeNull();
  });

  it('is no certificate where there is none', () => {
    expect(validityOfChain('')).toBeNull();
    expect(validityOfChain('-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----')).toBeNull();
  });
});
