/** How the containers of a service come up and take over, and what it means that one of them fails. */
export type Rolling = {
  /** How many new containers come up at once; null: all. */
  readonly parallelism: number | null;
  /** Seconds between those and the next. */
  readonly delay: number;
  readonly order: Order;
  readonly onFailure: FailureAction;
  /** The share of the new containers at a position, over its stacks, that may fail and the operation goes on; 0 to 1. */
  readonly maxFailureRatio: number;
  /** Seconds for which containers that are new, or serve anew, are watched before anything is taken away. */
  readonly monitor: number;
};

/**
 * `start-first`: a new container is healthy before the one whose place it takes goes. `stop-first`: that one is stopped
 * before the new one starts, for services of which two must never run.
 */
export const orders = ['start-first', 'stop-first'] as const;
export type Order = (typeof orders)[number];

/**
 * When containers fail, beyond what is tolerated, before the way back is closed. `rollback` undoes the operation, `pause`
 * leaves everything as it is, `continue` goes on as long as one container is left for each place.
 */
export const failureActions = ['rollback', 'pause', 'continue'] as const;
export type FailureAction = (typeof failureActions)[number];

export const defaultRolling: Rolling = {
  parallelism: null,
  delay: 0,
  order: 'start-first',
  onFailure: 'rollback',
  maxFailureRatio: 0,
  monitor: 0,
};
