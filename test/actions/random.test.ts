import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deleteEndpoint } from '../../src/actions/deletions.ts';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { addService, popService, release, removeService } from '../../src/actions/processes.ts';
import { constraints } from '../../src/constraints/all.ts';
import { check, judge } from '../../src/constraints/check.ts';
import type { Container, State } from '../../src/model/state.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Outcome } from '../../src/model/violation.ts';
import { diff } from '../../src/plan/diff.ts';
import type { Plan } from '../../src/plan/step.ts';
import { frozen, makeEnvironment, makeFacts, makeHost, makeState } from '../support/makeState.ts';

/** Small hosts and few ports, so that the random walks run into every limit. */
const environment = makeEnvironment({
  hosts: ['docker01', 'docker02', 'docker03'].map((name) =>
    makeHost(name, { maxContainers: 9, ports: { from: 20000, to: 20009 } }),
  ),
});

const ordered = ['v0.1', 'v0.2', 'v0.3', 'v0.10', 'v1.0'];
const versions = [...ordered, 'latest'];
const service = fc.constantFrom('webapp', 'training', 'mail');
/** Mostly what a service may begin with, and sometimes anything. */
const initial = fc.oneof(
  { weight: 4, arbitrary: fc.subarray(ordered, { minLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...versions), { minLength: 1, maxLength: 4 }) },
);
const stage = fc.constantFrom('prod', 'qa', 'dev');
const facts = makeFacts('registry.example/any', versions);

type Process = { readonly name: string; readonly run: (state: State) => Outcome };

const processes: fc.Arbitrary<Process> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(service, fc.integer({ min: 1, max: 3 }), initial).map(([name, stacks, given]) => ({
      name: `addService ${name} ${stacks} ${given.join(' ')}`,
      run: (state: State) =>
        addService(
          state,
          {
            name,
            image: 'registry.example/any',
            pull: 'registry',
            settings: defaultSettings,
            stacks,
            versions: given,
          },
          environment,
          facts,
        ),
    })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(service, fc.constantFrom(...versions)).map(([name, version]) => ({
      name: `release ${name} ${version}`,
      run: (state: State) => release(state, { service: name, versions: [version] }, environment, facts),
    })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(service, fc.nat(4), fc.boolean()).map(([name, position, single]) => ({
      name: `pop ${name} ${position} ${String(single)}`,
      run: (state: State) => popService(state, { service: name, position, single }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(service, stage, fc.nat(4), fc.constantFrom(80, 81))
      .map(([name, at, pointer, port]) => ({
        name: `makeEndpoint ${name} ${at} ${pointer} ${port}`,
        run: (state: State) =>
          makeEndpoint(state, {
            shortName: at,
            service: name,
            stage: at,
            pointer,
            port,
            address: null,
            url: null,
          }),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(service, stage).map(([name, at]) => ({
      name: `deleteEndpoint ${name} ${at}`,
      run: (state: State) => deleteEndpoint(state, `${name}-endpoint-${at}`),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(service, fc.boolean()).map(([name, cascade]) => ({
      name: `removeService ${name} ${String(cascade)}`,
      run: (state: State) => removeService(state, { service: name, cascade }),
    })),
  },
);

/** Walks the processes as the command line does: what is refused changes nothing, and what is not gets committed. */
function walk(steps: readonly Process[], visit: (before: State, next: State, plan: Plan) => void): number {
  let state = frozen(makeState());
  let allowed = 0;
  for (const { run } of steps) {
    const outcome = run(state);
    if (!outcome.ok) continue;
    const violations = check(state, outcome.value, environment);
    if (violations.some((violation) => violation.level === 'error')) continue;
    const plan = diff(state, outcome.value, { environment, live: new Map(), commit: true });
    visit(state, frozen(outcome.value), plan);
    state = frozen({ ...outcome.value, revision: state.revision + 1 });
    allowed++;
  }
  return allowed;
}

function deficits(state: State): Map<string, number> {
  const complete = constraints.filter((rule) => rule.kind === 'complete');
  const findings = complete.flatMap((rule) =>
    rule
      .judge({ state, environment })
      .map((finding) => [`${rule.code} ${finding.object}`, finding.deficit ?? 1] as const),
  );
  return new Map(findings);
}

/** The containers there are after a plan's creations and removals, each with its host and port. */
function replay(before: State, plan: Plan): Set<string> {
  const world = worldOf(before);
  for (const step of plan.steps) {
    if (step.kind !== 'create_container' && step.kind !== 'remove_container') continue;
    const { name, digest, hostPort } = step.spec;
    const line = `${step.host} ${name} ${digest} ${hostPort}`;
    if (step.kind === 'create_container') {
      if (world.has(line)) throw new Error(`${line} is created twice`);
      world.add(line);
    } else if (!world.delete(line)) throw new Error(`${line} is removed, and was not there`);
  }
  return world;
}

function worldOf(state: State): Set<string> {
  const hosts = new Map(state.stacks.map((stack) => [stack.name, stack.host]));
  const line = ({ stack, name, digest, hostPort }: Container): string =>
    `${hosts.get(stack) ?? '?'} ${name} ${digest} ${hostPort}`;
  return new Set(state.containers.map(line));
}

const walks = fc.array(processes, { minLength: 5, maxLength: 30 });

describe('any sequence of processes that are not refused', () => {
  it('keeps the state correct', () => {
    const correct = new Set(constraints.filter((rule) => rule.kind === 'correct').map((rule) => rule.code));
    fc.assert(
      fc.property(walks, (steps) => {
        walk(steps, (_before, next) => {
          expect(judge(next, environment).filter(({ code }) => correct.has(code))).toEqual([]);
        });
      }),
    );
  });

  it('never makes a service less complete than it was', () => {
    fc.assert(
      fc.property(walks, (steps) => {
        walk(steps, (before, next) => {
          const old = deficits(before);
          const known = new Set(before.stacks.map((stack) => stack.name));
          for (const [object, deficit] of deficits(next)) {
            if (known.has(object.split(' ')[1] ?? ''))
              expect(deficit).toBeLessThanOrEqual(old.get(object) ?? 0);
          }
        });
      }),
    );
  });

  it('has a plan that leads exactly to the next state', () => {
    fc.assert(
      fc.property(walks, (steps) => {
        walk(steps, (before, next, plan) => {
          expect(replay(before, plan)).toEqual(worldOf(next));
          const last = plan.steps.at(-1);
          expect(last).toMatchObject({ kind: 'commit_state', revision: before.revision + 1 });
        });
      }),
    );
  });

  it('gives no container name a second time while its service lives', () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const gone = new Set<string>();
        walk(steps, (before, next) => {
          const names = new Set(next.containers.map((container) => container.name));
          for (const name of names) expect(gone.has(name)).toBe(false);
          for (const { name } of before.containers) if (!names.has(name)) gone.add(name);
          const services = next.services.map((row) => row.name);
          for (const name of gone) if (!services.some((row) => name.startsWith(`${row}-`))) gone.delete(name);
        });
      }),
    );
  });

  it('is not all refused: the walks go somewhere', () => {
    const lengths = fc.sample(walks, { seed: 7, numRuns: 100 }).map((steps) => walk(steps, () => undefined));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(200);
  });
});
