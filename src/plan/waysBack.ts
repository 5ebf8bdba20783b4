import type { Step } from './step.ts';

/** What the way back needs beside the inverses of steps. */

type WithoutNumber<S> = S extends Step ? Omit<S, 'seq' | 'because'> : never;
type Wait = WithoutNumber<Extract<Step, { kind: 'wait_drained' | 'wait_healthy' }>>;

/**
 * The wait for what is under way where a step of the way back leads nobody any more; and that for a container which is
 * started again, because another one was to take its place.
 */
export function waitAfter(step: Step): Wait[] {
  const about = { needs: [step.seq], host: step.host } as const;
  switch (step.kind) {
    case 'start_container':
      return [{ kind: 'wait_healthy', ...about, object: step.object, spec: step.spec }];
    case 'reload':
      return [{ kind: 'wait_drained', ...about, object: 'old workers', of: null, limit: step.limit }];
    case 'set_map': {
      const { object, limit, port, previous } = step;
      if (previous === null) return [];
      return [{ kind: 'wait_drained', ...about, object, of: { backend: previous, port }, limit }];
    }
    default:
      return [];
  }
}

/** Whether a step of the way back begins only after a wait that stands before it: for old workers, only what stops does. */
export function heeds({ kind }: Step, wait: Step): boolean {
  return wait.kind !== 'wait_drained' || wait.of !== null || kind === 'stop_container';
}
