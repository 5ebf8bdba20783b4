import { cutCalls } from './cutCalls.ts';
import { engineFaults } from './engines.ts';
import type { Fault } from './fault.ts';
import { lateCreation } from './lateCreation.ts';
import { pausedHolder, staleState } from './pausedHolder.ts';

/** Every fault beside the kills, by the name that `--only` takes. */
export const faults: Readonly<Record<string, Fault>> = {
  ...engineFaults,
  'calls-cut': cutCalls,
  'late-creation': lateCreation,
  'paused-holder': pausedHolder,
  'stale-state': staleState,
};
