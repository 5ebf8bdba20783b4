import { execute, goBack, type Begun, type Result } from '../../src/executor/execute.ts';
import type { Tools } from '../../src/executor/perform.ts';
import type { Plan } from '../../src/plan/step.ts';
import type { Undoing } from '../../src/plan/takeUp.ts';
import type { Journal } from '../../src/store/journal.ts';
import { fakeEngines, type FakeEngine, type Interference } from './fakeEngine.ts';
import { origin } from './specs.ts';

type Options = {
  tools?: Partial<Tools>;
  journal?: Partial<Journal>;
  signal?: AbortSignal;
  /** How far the plan had come before. */
  begun?: Begun;
  /** What is undone, instead of going forward. */
  undoing?: Undoing;
};

/** A world of two engines, and what the journal is told of it. */
export type Scene = {
  readonly engines: Record<'docker01' | 'docker02', FakeEngine>;
  readonly journal: string[];
  readonly run: (plan: Plan, options?: Options) => Promise<Result>;
};

/** Makes scenes for one test file. To be called at its top. */
export function scenes(): () => Promise<Scene> {
  const make = fakeEngines();
  return () => makeScene(make);
}

async function makeScene(make: ReturnType<typeof fakeEngines>): Promise<Scene> {
  const engines = { docker01: await make('docker01'), docker02: await make('docker02') };
  const told: string[] = [];
  const journal: Journal = {
    operation: origin.operation,
    died: [],
    intend: (seq, status) => {
      told.push(`${seq} ${status}`);
      return Promise.resolve();
    },
    settle: (seq, status) => told.push(`${seq} ${status}`),
    commit: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
  const usual: Tools = {
    engineOf: (host) => engines[host as keyof typeof engines].engine,
    balancerOf: (name) => {
      throw new Error(`no plan of this test has the load balancer ${name}`);
    },
    credentialsOf: () => Promise.resolve(null),
    environment: origin.environment,
    pinHost: (_host, id) => Promise.resolve(id),
    commit: () => Promise.resolve(),
  };
  const run: Scene['run'] = (plan, options = {}) => {
    const execution = {
      journal: { ...journal, ...options.journal },
      tools: { ...usual, ...options.tools },
      limitOf: () => 4,
      progress: () => undefined,
      signal: options.signal ?? new AbortController().signal,
    };
    return options.undoing
      ? goBack(options.undoing, plan, execution)
      : execute(plan, execution, options.begun);
  };
  return { engines, journal: told, run };
}

/** The kinds of what an engine was asked to change, such as `create start`. */
export function verbs({ calls }: FakeEngine): string {
  return calls.map((call) => call.split(' ')[0]).join(' ');
}

/** Has an engine refuse every call of a kind. */
export const refuse =
  (verb: string) =>
  (call: string): Interference =>
    call.startsWith(verb) ? { status: 500, message: 'the engine is broken' } : undefined;

/** What became of an operation, by the kinds and hosts of its steps. */
export function inShort({ status, failures, leftovers }: Result): object {
  const kinds = (endings: Result['failures']): string[] =>
    endings.map(({ step }) => `${step.kind} ${step.host}`).sort();
  return { status, failures: kinds(failures), leftovers: kinds(leftovers) };
}

/** A signal by which the operator interrupts what has just begun. */
export function interruptedSoon(): AbortSignal {
  const interrupt = new AbortController();
  setTimeout(() => {
    interrupt.abort(new Error('interrupted by the operator'));
  }, 300);
  return interrupt.signal;
}
