import { describe } from '@jest/globals';
import { hostCapacity } from '../../src/constraints/hostCapacity.ts';
import { links } from '../../src/constraints/links.ts';
import { names } from '../../src/constraints/names.ts';
import { ports } from '../../src/constraints/ports.ts';
import { stackService } from '../../src/constraints/stackService.ts';
import type { Retained, State } from '../../src/model/state.ts';
import { judgeTable } from '../support/constraints.ts';
import { withLinks } from '../support/links.ts';
import { makeHost, makeState } from '../support/makeState.ts';

const state = makeState({ webapp: {} });

/** The state with one retained container more. */
function retaining(given: Partial<Retained> = {}, base: State = state): State {
  const [first] = base.containers;
  if (!first) throw new Error('the state has no container');
  const own = { name: 'webapp-stack1-app9', hostPort: 20009, links: {} };
  return {
    ...base,
    retained: [{ ...first, ...own, since: 1, retainedAt: 0, warm: false, ...given }],
  };
}

describe('ports: of what is retained', () => {
  judgeTable(ports, [
    { name: 'a port of its own', state: retaining(), findings: [] },
    {
      name: 'the port of a container',
      state: retaining({ hostPort: 20000 }),
      findings: [['webapp-stack1-app1', 'port 20000 of host docker01 is taken by webapp-stack1-app9']],
    },
  ]);
});

describe('names: of what is retained', () => {
  judgeTable(names, [
    { name: 'a name of its own', state: retaining(), findings: [] },
    {
      name: 'the name of a container',
      state: retaining({ name: 'webapp-stack1-app1' }),
      findings: [['webapp-stack1-app1', '2 objects have this name']],
    },
  ]);
});

describe('host-capacity: of what is retained', () => {
  const environment = { hosts: [makeHost('docker01', { maxContainers: 3 })] };
  judgeTable(hostCapacity, [
    { name: 'what is stopped does not count', state: retaining(), environment, findings: [] },
    {
      name: 'what runs on does',
      state: retaining({ warm: true }),
      environment,
      findings: [['docker01', '4 containers are too many']],
    },
  ]);
});

describe('stack-service: of what is retained', () => {
  judgeTable(stackService, [
    { name: 'its stack is there', state: retaining(), findings: [] },
    {
      name: 'its stack is gone',
      state: retaining({ stack: 'gone' }),
      findings: [['webapp-stack1-app9', 'its stack gone does not exist']],
    },
  ]);
});

describe('links: of what is retained', () => {
  const linked = withLinks(makeState({ webapp: { traffic: { uses: ['mail'] } }, mail: {} }));
  const own = linked.containers[0]?.links.mail ?? { host: '', port: 0, mode: 'http' };
  judgeTable(links, [
    {
      name: 'ports of its own',
      state: retaining({ links: { mail: { ...own, port: own.port + 400 } } }, linked),
      findings: [],
    },
    { name: 'none, though its service calls others by now', state: retaining({}, linked), findings: [] },
    {
      name: 'the port of a container',
      state: retaining({ links: { mail: own } }, linked),
      findings: [['webapp-stack1-app1', 'is taken by webapp-stack1-app9']],
    },
  ]);
});
