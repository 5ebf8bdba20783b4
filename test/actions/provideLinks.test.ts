import { describe, expect, it } from '@jest/globals';
import { removeService } from '../../src/actions/deletions.ts';
import { popService, release } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { scaleService } from '../../src/actions/stackProcesses.ts';
import { connectService, disconnectService } from '../../src/actions/treeProcesses.ts';
import { check } from '../../src/constraints/check.ts';
import { containersOf } from '../../src/model/lookup.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { withLinks } from '../support/links.ts';
import {
  changeRow,
  frozen,
  linkPorts,
  makeEnvironment,
  makeFacts,
  makeHost,
  makeState,
  quiet,
} from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'] as const;
const services = frozen(
  makeState({
    webapp: { hosts: ['docker01', 'docker02'], versions: ['v0.1', 'v0.2'], endpoints: { prod: {}, qa: {} } },
    mail: { versions: ['v0.1'] },
    log: { versions: ['v0.1'] },
  }),
);
const tree = frozen(withTree(services, prod, 'webapp > mail'));
const linked = frozen(withLinks(tree));

const provided = (before: State, next: State, given = environment): State =>
  accepted(provideLinks(before, next, given));

/** The links of each container of a service, as `app1: mail 10000`. */
function linksIn(state: State, ...stacks: string[]): string[] {
  return stacks.flatMap((stack) =>
    containersOf(state, stack).map(({ name, links }) => {
      const texts = Object.entries(links).map(([child, { port, mode }]) => `${child} ${port} ${mode}`);
      return `${name.replace('webapp-', '')}: ${texts.join(', ')}`.trimEnd();
    }),
  );
}

const webapp = ['webapp-stack1', 'webapp-stack2'] as const;

describe('provideLinks', () => {
  it('changes nothing where nobody calls anybody', () => {
    const next = changeRow(services, 'endpoints', prod, { pointer: 1 });
    expect(provided(services, next)).toBe(next);
  });

  it('gives no link to containers that are there, though they lack one', () => {
    // What lacked it before is not this change's affair: `links` tells of it.
    expect(provided(tree, changeRow(tree, 'endpoints', prod, { pointer: 1 }))).toEqual(
      changeRow(tree, 'endpoints', prod, { pointer: 1 }),
    );
  });

  it('gives each new container the lowest port that is free, on any host', () => {
    const facts = makeFacts('registry.example/webapp', ['v0.3', 'v0.4']);
    const request = { service: 'webapp', versions: ['v0.3', 'v0.4'] };
    const next = provided(linked, accepted(release(linked, request, environment, facts)));
    expect(linksIn(next, ...webapp)).toEqual([
      ...['stack1-app1: mail 10000 http', 'stack1-app2: mail 10001 http'],
      ...['stack1-app3: mail 10004 http', 'stack1-app4: mail 10005 http'],
      ...['stack2-app1: mail 10002 http', 'stack2-app2: mail 10003 http'],
      ...['stack2-app3: mail 10006 http', 'stack2-app4: mail 10007 http'],
    ]);
    const [link] = Object.values(containersOf(next, 'webapp-stack1')[2]?.links ?? {});
    expect(link).toEqual({ host: '192.0.2.10', port: 10004, mode: 'http' });
  });

  it('fills the gaps, and keeps clear of ports whose containers go with this very change', () => {
    const gap = frozen(
      changeRow(linked, 'containers', 'webapp-stack1-app1', {
        links: { mail: { host: '192.0.2.10', port: 10042, mode: 'http' } },
      }),
    );
    const facts = makeFacts('registry.example/webapp', ['v0.3']);
    const pushed = accepted(release(gap, { service: 'webapp', versions: ['v0.3'] }, environment, facts));
    const popped = accepted(popService(pushed, { service: 'webapp', position: 1, single: false }));
    // 10001 and 10003 are of containers that still stand until the end; 10000 is of nobody.
    expect(linksIn(provided(gap, popped), ...webapp)).toEqual([
      ...['stack1-app1: mail 10042 http', 'stack1-app3: mail 10000 http'],
      ...['stack2-app1: mail 10002 http', 'stack2-app3: mail 10004 http'],
    ]);
  });

  it('gives a port of its own for each service that is called, from the range of its mode', () => {
    const more = withExternals(withTree(tree, prod, 'webapp > db', 'webapp > log'), external('db'));
    const before = frozen(withLinks(more));
    const next = provided(
      before,
      accepted(scaleService(before, { service: 'webapp', stacks: 3 }, environment)),
    );
    expect(linksIn(next, 'webapp-stack3')).toEqual([
      'stack3-app1: db 10504 tcp, log 10008 http, mail 10009 http',
      'stack3-app2: db 10505 tcp, log 10010 http, mail 10011 http',
    ]);
  });

  it('gives links to the containers of a new service by what it uses', () => {
    const traffic = { mode: 'http', uses: ['mail'], drainLimit: null } as const;
    const next = makeState({ webapp: { versions: ['v1'], traffic }, mail: { versions: ['v1'] } });
    expect(linksIn(provided(makeState(), next), 'webapp-stack1')).toEqual(['stack1-app1: mail 10000 http']);
  });

  it('leaves what it is given as it was', () => {
    const before = structuredClone(linked);
    const facts = makeFacts('registry.example/webapp', ['v0.3']);
    const request = { service: 'webapp', versions: ['v0.3'] };
    provided(linked, accepted(release(linked, request, environment, facts)));
    expect(linked).toEqual(before);
  });
});

describe('provideLinks: a service that calls somebody new', () => {
  const relatives = { service: 'webapp', children: ['log'], parents: [], endpoints: [prod] };
  const connected = accepted(connectService(linked, relatives));

  it('has all of its containers renewed: the same bits at the same positions, with all links', () => {
    const next = provided(linked, connected);
    expect(linksIn(next, ...webapp)).toEqual([
      ...['stack1-app3: log 10004 http, mail 10005 http', 'stack1-app4: log 10006 http, mail 10007 http'],
      ...['stack2-app3: log 10008 http, mail 10009 http', 'stack2-app4: log 10010 http, mail 10011 http'],
    ]);
    const bits = (state: State) =>
      webapp.map((stack) =>
        containersOf(state, stack).map(({ position, version, digest }) => [position, version, digest]),
      );
    expect(bits(next)).toEqual(bits(linked));
    expect(check(linked, next, quiet(environment)).filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('gives renewals on one host different ports, and none of those they stand beside', () => {
    const crowded = frozen({
      ...linked,
      stacks: linked.stacks.map((stack) => ({ ...stack, host: 'docker01' })),
      containers: linked.containers.map((row, index) => ({ ...row, hostPort: 20000 + index })),
    });
    const next = provided(crowded, accepted(connectService(crowded, relatives)));
    const made = webapp.flatMap((stack) => containersOf(next, stack).map((row) => row.hostPort));
    expect(made).toEqual([20006, 20007, 20008, 20009]);
  });

  it('leaves other services alone, and containers that have the link from before', () => {
    const disconnected = accepted(
      disconnectService(linked, { ...relatives, children: ['mail'], endpoints: [] }, false),
    );
    expect(linksIn(provided(linked, disconnected), ...webapp)).toEqual(linksIn(linked, ...webapp));
    const again = accepted(connectService(disconnected, { ...relatives, children: ['mail'] }));
    expect(provided(disconnected, again)).toEqual(again);
  });

  it('renews nobody for a relation in one more tree', () => {
    const more = accepted(connectService(linked, { ...relatives, children: ['mail'], endpoints: [qa] }));
    expect(provided(linked, more)).toEqual(more);
  });

  it('renews nobody where fewer are called', () => {
    const gone = accepted(removeService(linked, { service: 'mail', cascade: true }));
    expect(provided(linked, gone)).toEqual(gone);
  });

  it('is refused where a host has no ports for old and new at once', () => {
    const ports = { from: 20000, to: 20003 };
    const tight = makeEnvironment({ hosts: [makeHost('docker01', { ports }), makeHost('docker02')] });
    expect(refusalsInFull(provideLinks(linked, connected, tight))).toEqual([
      'ports: docker01: all of its ports 20000-20003 are in use. Remedy: widen its ports in hosts.yml',
    ]);
  });
});

describe('provideLinks: no port', () => {
  const facts = makeFacts('registry.example/webapp', ['v0.3']);
  const pushed = accepted(release(linked, { service: 'webapp', versions: ['v0.3'] }, environment, facts));
  const within = (http: { from: number; to: number }): Environment =>
    makeEnvironment({ links: { ...linkPorts, http } });

  it('is taken from the last of the range, and refused after it', () => {
    const next = provided(linked, pushed, within({ from: 10000, to: 10005 }));
    expect(linksIn(next, 'webapp-stack2').at(-1)).toBe('stack2-app3: mail 10005 http');
    expect(refusalsInFull(provideLinks(linked, pushed, within({ from: 10000, to: 10004 })))).toEqual([
      'links: hosts.yml: all ports 10000-10004 for links are in use. Remedy: widen the range under links in hosts.yml',
    ]);
  });

  it('is refused once, however many links lack one', () => {
    expect(refusalsInFull(provideLinks(linked, pushed, within({ from: 10000, to: 10001 })))).toHaveLength(1);
  });

  it('is given where containers have no address to call', () => {
    const nowhere = makeEnvironment({ links: { ...linkPorts, address: null } });
    expect(refusalsInFull(provideLinks(linked, pushed, nowhere))).toEqual([
      'links: webapp-stack1-app3: it is to call other services, and no load balancer has an address where it could. Remedy: give a load balancer an address in hosts.yml, or say one under links',
    ]);
    const popped = accepted(popService(linked, { service: 'webapp', position: 0, single: false }));
    expect(provided(linked, popped, nowhere)).toEqual(popped);
  });
});
