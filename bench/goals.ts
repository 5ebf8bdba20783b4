import type { Measured } from './measure.ts';
import { median, round } from './statistics.ts';

/** A promise about two variants of one run: the ratio of their medians. */
type Goal = {
  readonly what: string;
  readonly of: string;
  readonly to: string;
  /** Above this it is broken. */
  readonly limit: number;
  /** What is aimed at. */
  readonly goal: number;
};

export type Verdict = Goal & {
  readonly ratio: number;
  readonly verdict: 'met' | 'within the limit' | 'missed';
};

const goals: readonly Goal[] = [
  { what: 'deploy / raw calls', of: 'cmanage deploy', to: 'raw ', limit: 1.25, goal: 1.15 },
  {
    what: 'deploy / docker command lines',
    of: 'cmanage deploy',
    to: '12 × docker run',
    limit: 0.7,
    goal: 0.6,
  },
  { what: '--version / bare node', of: 'cmanage --version', to: 'node -e 0', limit: 1.5, goal: 1.5 },
  { what: 'show services / bare node', of: 'cmanage show', to: 'node -e 0', limit: 3.5, goal: 3.5 },
];

/** How the run stands to the goals. */
export function judge({ deployments, starts }: Pick<Measured, 'deployments' | 'starts'>): Verdict[] {
  const medianOf = (beginning: string): number => {
    const found = [...deployments, ...starts].find(({ name }) => name.startsWith(beginning));
    return median(found?.times ?? []);
  };
  return goals.map((goal) => {
    const ratio = round(medianOf(goal.of) / medianOf(goal.to), 2);
    const within = ratio <= goal.limit ? 'within the limit' : 'missed';
    return { ...goal, ratio, verdict: ratio <= goal.goal ? 'met' : within };
  });
}
