import { isLoaded } from '../haproxy/differences.ts';
import { readRunning, type Running } from '../haproxy/runtime.ts';
import {
  changesBalancer,
  isDone,
  isPastPivot,
  isTold,
  touchedSteps,
  type OpenOperation,
} from '../plan/course.ts';
import { isMending } from '../plan/failurePolicy.ts';
import type { Step, StepKind } from '../plan/step.ts';
import type { Begun } from './execute.ts';
import type { Tools } from './perform.ts';

/** Walked again wherever an operation goes on before its pivot: each finds what it did before, and looks again. */
const always: readonly StepKind[] = [
  ...(['check_host', 'check_config', 'pull_image'] as const),
  ...(['create_container', 'start_container', 'wait_healthy'] as const),
];
/** Beyond the pivot only what serves is looked at again. */
const alwaysPastPivot: readonly StepKind[] = ['create_container', 'start_container', 'wait_healthy'];

/**
 * Which steps of an operation need not be walked again when it goes on: those that are recorded as done, and whose
 * effects hold. A HAProxy that was restarted in the meantime has forgotten what it was told; then it is told again
 * in the order of the plan, which begins where its file does.
 */
export async function settle(operation: OpenOperation, balancerOf: Tools['balancerOf']): Promise<Begun> {
  // What mends looks at everything again: nothing it did is in a file or in the state.
  const isFinal = isPastPivot(operation) && !isMending(operation.plan);
  const again = isFinal ? alwaysPastPivot : always;
  const done = operation.plan.steps.filter((step) => isDone(operation, step) && !again.includes(step.kind));
  const balancers = isFinal ? [] : new Set(done.filter(changesBalancer).map(({ host }) => host));
  const forgotten = new Set<Step>();
  for (const name of balancers) {
    const balancer = balancerOf(name);
    const running = await readRunning(balancer, balancer.linkMap);
    for (const step of forgottenSteps(operation, name, running)) forgotten.add(step);
  }
  const settled = done.filter((step) => !forgotten.has(step)).map(({ seq }) => seq);
  return { settled: new Set(settled), touched: touchedSteps(operation) };
}

/** The steps that a load balancer was told, or all since its last reload, where it no longer has their effects. */
export function forgottenSteps(operation: OpenOperation, balancer: string, running: Running): Step[] {
  const mine = touchedSteps(operation).filter((step) => changesBalancer(step) && step.host === balancer);
  const load = mine.findLast(isLoad);
  const isOther = load !== undefined && isDone(operation, load) && !isLoaded(running, load.config);
  const lasting = new Map(mine.filter(isTold).map((step) => [keyOf(step), step]));
  // Of an uncertain step either effect may hold, and it is walked again anyway.
  const isLost = [...lasting.values()].some((step) => isDone(operation, step) && !holds(step, running));
  if (!isOther && !isLost) return [];
  return mine.filter((step) => isTold(step) || (isOther && step === load));
}

type Load = Extract<Step, { kind: 'reload' | 'write_config' }>;

function isLoad(step: Step): step is Load {
  return step.kind === 'reload' || step.kind === 'write_config';
}

/** What a step changes: a server of a backend, or a port of the links. */
function keyOf(step: Step): string {
  if (step.kind === 'set_map') return `port ${step.port}`;
  return 'server' in step ? `${step.backend}/${step.server.name}` : '';
}

/** Whether a running HAProxy is as it was after this step. */
function holds(step: Step, { servers, links }: Running): boolean {
  if (step.kind === 'set_map') return (links.get(step.port) ?? null) === step.backend;
  if (!('server' in step)) return true;
  const found = servers.get(step.backend)?.find(({ name }) => name === step.server.name);
  switch (step.kind) {
    case 'add_server':
    case 'set_weight':
      return found?.state === 'ready' && found.weight === step.server.weight;
    case 'ready_server':
      return found?.state === 'ready';
    default:
      return found?.state !== 'ready';
  }
}
