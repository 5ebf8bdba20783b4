import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import type { Plan } from '../../src/plan/step.ts';
import { changeRow, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4']);
const service = 'webapp';
const state = makeState({ webapp: { endpoints: { prod: {} } } });
const higher = accepted(release(state, { service, versions: ['v0.4'] }, environment, facts));
const pop = (position: number): Plan =>
  planOf(higher, accepted(popService(higher, { service, position, single: false })));

/** What each step waits for, and the pivot where it stands. */
function needsIn({ steps, pivot }: Plan): string {
  const line = (step: Plan['steps'][number]): string =>
    `${step.seq} ${step.kind} after ${step.needs.join(' ') || 'nothing'}${step.seq === pivot ? ' (pivot)' : ''}`;
  return `\n${steps.map(line).join('\n')}\n`;
}

describe('what the steps wait for', () => {
  it('in a release: an image for its host, a container for every host and image; all of it can be undone', () => {
    expect(needsIn(planOf(state, higher))).toBe(`
1 check_host after nothing
2 pull_image after 1
3 create_container after 1 2
4 start_container after 3
5 wait_healthy after 4
6 commit_state after 1 2 3 4 5 (pivot)
`);
  });

  it('in a pop of production: traffic for the check of its file, the old for the new, a stop for the drain', () => {
    expect(needsIn(pop(0))).toBe(`
1 check_host after nothing
2 check_config after nothing
3 wait_healthy after 1
4 add_server after 1 2 3
5 drain_server after 1 2 3 4
6 write_config after 1 2 3 4 5 (pivot)
7 wait_drained after 5
8 remove_server after 7
9 stop_container after 6 7
10 remove_container after 9
11 commit_state after 1 2 3 4 5 6 7 8 9 10
`);
  });

  it('in a pop that moves no traffic: a stop for its host', () => {
    expect(needsIn(pop(3))).toBe(`
1 check_host after nothing (pivot)
2 stop_container after 1
3 remove_container after 2
4 commit_state after 1 2 3
`);
  });

  it('in the making of an endpoint: traffic for the check of its file', () => {
    const other = makeState({ webapp: { endpoints: { prod: {}, qa: {} } } });
    expect(needsIn(planOf(state, other))).toBe(`
1 check_host after nothing
2 check_config after nothing
3 wait_healthy after 1
4 reload after 1 2 3
5 commit_state after 1 2 3 4 (pivot)
`);
  });

  it('in a change of one container for another: traffic for the new one, the old one for the drain', () => {
    const moved = changeRow(state, 'containers', 'webapp-stack1-app1', { name: 'webapp-stack1-app9' });
    expect(needsIn(planOf(state, moved))).toBe(`
1 check_host after nothing
2 check_config after nothing
3 pull_image after 1
4 create_container after 1 2 3
5 start_container after 4
6 wait_healthy after 5
7 add_server after 6
8 drain_server after 6 7
9 write_config after 6 7 8 (pivot)
10 wait_drained after 8
11 remove_server after 10
12 stop_container after 9 10
13 remove_container after 12
14 commit_state after 1 2 3 4 5 6 7 8 9 10 11 12 13
`);
  });

  it('asks the hosts in the order of their names', () => {
    const next = makeState({ webapp: { hosts: ['docker03', 'docker01', 'docker02'] } });
    const asked = planOf(makeState(), next).steps.filter((step) => step.kind === 'check_host');
    expect(asked.map((step) => step.host)).toEqual(['docker01', 'docker02', 'docker03']);
  });
});
