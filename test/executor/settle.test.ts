import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { forgottenSteps } from '../../src/executor/settle.ts';
import type { Running } from '../../src/haproxy/runtime.ts';
import { readGeneration } from '../../src/haproxy/render.ts';
import type { Step } from '../../src/plan/step.ts';
import { makeState } from '../support/makeState.ts';
import { firstOf, openOperation, upTo } from '../support/openOperation.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const pop = planOf(before, accepted(popService(before, { service: 'webapp', position: 0, single: false })));
const [add, drain, write] = [
  firstOf(pop, 'add_server'),
  firstOf(pop, 'drain_server'),
  firstOf(pop, 'write_config'),
];
const { host, backend } = add;

/** A HAProxy with these servers of the endpoint, after its last reload loaded this generation. */
function running(
  servers: [Step & { kind: 'add_server' | 'drain_server' }, 'ready' | 'drain'][],
  config = write.config,
): Running {
  const rows = servers.map(([{ server }, state]) => ({ ...server, state, up: true }));
  return {
    generation: readGeneration(config),
    servers: new Map([[backend, rows]]),
    links: new Map(),
    usesMap: true,
  };
}

const forgotten = (last: Step, status: 'done' | 'sent', seen: Running): string[] =>
  forgottenSteps(openOperation(pop, upTo(pop, last, status)), host, seen).map(({ kind }) => kind);

describe('what a load balancer has forgotten', () => {
  it('is nothing where it is as it was told', () => {
    expect(
      forgotten(
        drain,
        'done',
        running([
          [add, 'ready'],
          [drain, 'drain'],
        ]),
      ),
    ).toEqual([]);
    expect(
      forgotten(
        write,
        'done',
        running([
          [add, 'ready'],
          [drain, 'drain'],
        ]),
      ),
    ).toEqual([]);
  });

  it('is all it was told where one effect is lost, as by a restart', () => {
    expect(forgotten(drain, 'done', running([[drain, 'ready']]))).toEqual(['add_server', 'drain_server']);
    expect(
      forgotten(
        drain,
        'done',
        running([
          [add, 'ready'],
          [drain, 'ready'],
        ]),
      ),
    ).toEqual(['add_server', 'drain_server']);
  });

  it('is told again with the load before it, where another configuration was loaded', () => {
    expect(forgotten(write, 'done', running([[add, 'ready']], '# cmanage generation other\n'))).toContain(
      'write_config',
    );
  });

  it('does not depend on what is uncertain, which is walked again anyway', () => {
    expect(forgotten(add, 'sent', running([]))).toEqual([]);
    expect(
      forgotten(
        drain,
        'sent',
        running([
          [add, 'ready'],
          [drain, 'ready'],
        ]),
      ),
    ).toEqual([]);
  });

  it('is not asked of another load balancer', () => {
    const operation = openOperation(pop, upTo(pop, drain, 'done'));
    expect(forgottenSteps(operation, 'lb99', running([]))).toEqual([]);
  });
});
