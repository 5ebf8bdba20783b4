import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { replaceService, scaleService } from '../../src/actions/stackProcesses.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import type { Violation } from '../../src/model/violation.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import type { Plan, StepKind } from '../../src/plan/step.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, frozen, makeEnvironment, makeHost, makeState, ruleSet } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const environment = frozen(makeEnvironment());
const prod = { endpoints: { prod: {} } };
const state = frozen(
  makeState({ webapp: { versions: ['v1', 'v2', 'v3'], ...prod }, mail: { versions: ['v1'] } }),
);
const replaced = accepted(
  replaceService(state, { service: 'webapp', position: 0, direction: 'up' }, environment),
);
const [app1, app3, app4] = ['webapp-stack1-app1', 'webapp-stack1-app3', 'webapp-stack1-app4'];

function judged(next: State, given: Environment = environment, before = state): Violation[] {
  return checkEveryStep(before, next, planOf(before, next, given), given);
}

const inWords = (violations: readonly Violation[]) =>
  violations.map(({ level, code, object, fact }) => `${level} ${code} ${object}: ${fact}`);

const room = (maxContainers: number | null): Environment =>
  makeEnvironment({ hosts: [makeHost('docker01', { maxContainers }), makeHost('docker02')] });

describe('checkEveryStep: a replacement', () => {
  it('is right where old and new have room beside each other', () => {
    expect(judged(replaced)).toEqual([]);
    expect(judged(replaced, room(5))).toEqual([]);
    expect(judged(replaced, room(null))).toEqual([]);
  });

  it('is wrong where there is room for both ends, and none for both at once', () => {
    expect(judged(replaced, room(4))).toEqual([
      {
        code: 'host-capacity',
        kind: 'correct',
        level: 'error',
        object: 'docker01',
        service: null,
        fact: `after step 4 (create_container ${app4}) 5 containers are too many: its max_containers is 4`,
        remedy: 'add a host, pop a version, or raise the limit',
      },
    ]);
  });

  it('says of each step that makes it worse, and of no later one', () => {
    const again = { service: 'webapp', position: 1, direction: 'up' } as const;
    const both = accepted(replaceService(replaced, again, environment));
    const twice = changeRow(both, 'containers', 'webapp-stack1-app5', { hostPort: 20900 });
    expect(inWords(judged(twice, room(4)))).toEqual([
      `error host-capacity docker01: after step 5 (create_container ${app4}) 5 containers are too many: its max_containers is 4`,
      'error host-capacity docker01: after step 6 (create_container webapp-stack1-app5) 6 containers are too many: its max_containers is 4',
    ]);
  });

  it('is not wrong where the rules put up with it', () => {
    for (const level of ['warn', 'off'] as const) {
      const rules = ruleSet('host-capacity', { level });
      expect(judged(replaced, { ...room(4), rules })).toEqual([]);
    }
  });

  it('does not mind rules that speak only of what serves', () => {
    const lower = accepted(popService(state, { service: 'webapp', position: 2, single: false }));
    expect(judged(lower)).toEqual([]);
  });
});

describe('checkEveryStep: what stands side by side', () => {
  it('has no two containers on one port, though one of them is to go', () => {
    const clash = changeRow(replaced, 'containers', app4, { hostPort: 20000 });
    expect(inWords(judged(clash))).toEqual([
      `error ports ${app4}: after step 4 (create_container ${app4}) port 20000 of host docker01 is taken by ${app1}`,
    ]);
  });

  it('counts the stacks that go as well as those that come', () => {
    const shop = makeState({ shop: { versions: ['v1', 'v2'] } });
    const containers = shop.containers.map((row) => ({ ...row, hostPort: row.hostPort + 900 }));
    expect(inWords(judged({ ...shop, containers }, room(5)))).toEqual([
      'error host-capacity docker01: after step 6 (create_container shop-stack1-app2) 6 containers are too many: its max_containers is 5',
    ]);
  });

  it('is not told of what was wrong before, nor of hosts where nothing is made', () => {
    const clash = frozen(changeRow(state, 'containers', 'mail-stack1-app1', { hostPort: 20001 }));
    const next = accepted(
      replaceService(clash, { service: 'webapp', position: 0, direction: 'up' }, environment),
    );
    expect(judged(next, environment, clash)).toEqual([]);
    const two = accepted(scaleService(state, { service: 'mail', stacks: 2 }, environment));
    const full = makeEnvironment({
      hosts: [makeHost('docker01', { maxContainers: 1 }), makeHost('docker02')],
    });
    expect(judged(two, full)).toEqual([]);
  });
});

/** The plan of the replacement with some steps left out or moved to the end, as a differ with a bug might make it. */
function without(...kinds: StepKind[]): Plan {
  const plan = planOf(state, replaced, environment);
  return { ...plan, steps: plan.steps.filter((step) => !kinds.includes(step.kind)) };
}

function late(...kinds: StepKind[]): Plan {
  const { steps, pivot } = planOf(state, replaced, environment);
  const [moved, others] = [
    steps.filter((step) => kinds.includes(step.kind)),
    steps.filter((step) => !kinds.includes(step.kind)),
  ];
  return { steps: [...others, ...moved], pivot };
}

describe('checkEveryStep: traffic', () => {
  const bug = 'this is a bug in cmanage; please report the plan';
  const wrong = (plan: Plan) => inWords(checkEveryStep(state, replaced, plan, environment));

  it('goes to no container that is not healthy', () => {
    expect(checkEveryStep(state, replaced, without('wait_healthy'), environment)).toEqual([
      {
        code: 'every-step',
        level: 'error',
        object: app4,
        service: null,
        fact: `after step 7 (add_server webapp-endpoint-prod/${app4}) lb01 sends requests to it, and it is started`,
        remedy: bug,
      },
    ]);
  });

  it.each<[string, Plan, string[]]>([
    [
      'created',
      without('start_container', 'wait_healthy'),
      [
        `${app4}: after step 7 (add_server webapp-endpoint-prod/${app4}) lb01 sends requests to it, and it is created`,
      ],
    ],
    [
      'not there',
      without('create_container', 'start_container', 'wait_healthy'),
      [
        `${app4}: after step 7 (add_server webapp-endpoint-prod/${app4}) lb01 sends requests to it, and it is not there`,
      ],
    ],
    [
      'stopped while it may still answer',
      // A server that is removed waits for its requests by itself; so neither must be there.
      without('wait_drained', 'remove_server'),
      [
        `${app1}: after step 12 (stop_container ${app1}) lb01 sends requests to it, and it is stopped`,
        `${app1}: after step 13 (remove_container ${app1}) lb01 sends requests to it, and it is not there`,
      ],
    ],
    [
      'stopped while it still serves',
      late('drain_server', 'wait_drained', 'remove_server'),
      [
        `${app1}: after step 12 (stop_container ${app1}) lb01 sends requests to it, and it is stopped`,
        `${app1}: after step 13 (remove_container ${app1}) lb01 sends requests to it, and it is not there`,
      ],
    ],
  ])('goes to no container that is %s', (_case, plan, expected) => {
    expect(wrong(plan)).toEqual(expected.map((fact) => `error every-step ${fact}`));
  });

  it('goes to no container of before a reload that is stopped while its workers may still answer', () => {
    const gone = { ...state, endpoints: [], containers: state.containers.slice(1) };
    const plan = planOf(state, gone, environment);
    expect(checkEveryStep(state, gone, plan, environment)).toEqual([]);
    const hasty = { ...plan, steps: plan.steps.filter(({ kind }) => kind !== 'wait_drained') };
    expect(inWords(checkEveryStep(state, gone, hasty, environment))).toEqual([
      `error every-step ${app1}: after step 5 (stop_container ${app1}) lb01 sends requests to it, and it is stopped`,
      `error every-step ${app1}: after step 6 (remove_container ${app1}) lb01 sends requests to it, and it is not there`,
    ]);
  });

  it('is answered by somebody at every moment', () => {
    expect(checkEveryStep(state, replaced, without('add_server'), environment)).toEqual([
      {
        code: 'every-step',
        level: 'error',
        object: 'webapp-endpoint-prod',
        service: null,
        fact: `after step 8 (drain_server webapp-endpoint-prod/${app1}) lb01 has no server for it`,
        remedy: bug,
      },
    ]);
    expect(inWords(checkEveryStep(state, replaced, late('add_server'), environment))).toEqual([
      `error every-step webapp-endpoint-prod: after step 8 (drain_server webapp-endpoint-prod/${app1}) lb01 has no server for it`,
    ]);
  });

  it('may end where there is nothing before or after', () => {
    const emptied = { ...state, containers: [] };
    expect(judged(emptied)).toEqual([]);
    expect(judged(state, environment, emptied)).toEqual([]);
  });

  it('of links may go to an external service, which no plan starts', () => {
    const [before, next] = [0, 1].map((pointer) =>
      withExternals(
        withLinks(
          withTree(
            changeRow(state, 'endpoints', 'webapp-endpoint-prod', { pointer }),
            'webapp-endpoint-prod',
            'webapp > db',
          ),
        ),
        external('db'),
      ),
    );
    if (!before || !next) throw new Error('unreachable');
    expect(planOf(before, next).steps.map(({ kind }) => kind)).toContain('add_server');
    expect(judged(next, environment, before)).toEqual([]);
  });

  it('may leave a container that stays', () => {
    const moved = changeRow(state, 'endpoints', 'webapp-endpoint-prod', { pointer: 2 });
    expect(judged(moved)).toEqual([]);
    expect(app3).toBe(state.containers[2]?.name);
  });
});

describe('checkEveryStep: a host that hosts.yml does not name', () => {
  it('is told with the step that needs it, and nothing else is', () => {
    const { steps, pivot } = planOf(state, replaced, environment);
    const plan = {
      steps: steps.filter(({ kind }) => kind === 'stop_container' || kind === 'add_server'),
      pivot,
    };
    const gone = { ...environment, hosts: environment.hosts.slice(1) };
    expect(checkEveryStep(state, replaced, plan, gone)).toEqual([
      {
        code: 'host-known',
        level: 'error',
        object: 'docker01',
        service: null,
        fact: `step 12 (stop_container ${app1}) needs it, and it is not in hosts.yml`,
        remedy: 'put docker01 back into hosts.yml, with placement: false if it is to go',
      },
    ]);
  });

  it('is told once, with the first step that needs it', () => {
    const gone = { ...environment, hosts: [] };
    expect(inWords(judged(replaced, gone))).toEqual([
      `error host-known docker01: step 3 (create_container ${app4}) needs it, and it is not in hosts.yml`,
    ]);
  });
});
