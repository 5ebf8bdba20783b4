import { argumentsOf } from '../../src/goal/moves.ts';
import { planGoal, type GoalPlan } from '../../src/goal/planGoal.ts';
import type { Way } from '../../src/goal/search.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment, makeFacts } from './makeState.ts';

export type Asked = {
  readonly service?: string;
  /** What may be released, the earliest first. */
  readonly using?: readonly string[];
  readonly environment?: Environment;
  readonly limit?: number;
};

/** The plan to a goal that is written as it is typed, such as `prod=v0.5 qa=v0.6`. */
export function goalPlan(state: State, goal: string, asked: Asked = {}): GoalPlan {
  const { service = 'webapp', using = [], environment = makeEnvironment(), limit = 1000 } = asked;
  const wishes = goal.split(' ').map((part) => {
    const [stage = '', version = ''] = part.split('=');
    return { stage, version };
  });
  const candidates = using.map((version) => ({ version, created: null }));
  const versions = [...new Set([...state.containers, ...wishes, ...candidates].map(({ version }) => version))]
    .sort()
    .map((version) => ({ version, created: null }));
  const facts = makeFacts(`registry.example/${service}`, using);
  return planGoal(state, {
    ...{ service, environment, facts, goal: { service, wishes }, candidates, versions, limit },
  });
}

/** A way as it is typed, line by line. */
export function typed(way: Way | null, service = 'webapp'): string[] | null {
  return way?.map(({ move }) => argumentsOf(move, service).join(' ')) ?? null;
}
