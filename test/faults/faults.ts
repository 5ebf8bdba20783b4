import { killedWorker, refusedConfig } from './balancers.ts';
import { byHand } from './byHand.ts';
import { clock } from './clock.ts';
import { cutCalls, lostAnswer } from './cutCalls.ts';
import { deadlines } from './deadlines.ts';
import { fullEngineDisk } from './engineDisk.ts';
import { engineFaults } from './engines.ts';
import type { Fault } from './fault.ts';
import { fullBalancerDisk, fullStateDisk } from './fullDisk.ts';
import { killedOnce } from './killedOnce.ts';
import { lateCreation } from './lateCreation.ts';
import { movedTag } from './movedTag.ts';
import { pausedHolder, staleState } from './pausedHolder.ts';
import { renamed } from './renamed.ts';
import { frozenSsh } from './sshFrozen.ts';

/** Every fault beside the kills, by the name that `--only` takes. */
export const faults: Readonly<Record<string, Fault>> = {
  ...engineFaults,
  'answer-lost': lostAnswer,
  'by-hand': byHand,
  'calls-cut': cutCalls,
  'clock-off': clock,
  'config-refused': refusedConfig,
  deadlines,
  'disk-full-balancer': fullBalancerDisk,
  'disk-full-engine': fullEngineDisk,
  'disk-full-state': fullStateDisk,
  'killed-after-creation': killedOnce,
  'late-creation': lateCreation,
  'paused-holder': pausedHolder,
  renamed,
  'ssh-freezes': frozenSsh,
  'stale-state': staleState,
  'tag-moved': movedTag,
  'worker-killed': killedWorker,
};
