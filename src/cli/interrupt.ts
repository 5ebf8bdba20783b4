import { setMaxListeners } from 'node:events';
import { exitCode } from './exit.ts';

/**
 * While a plan is walked, the first Ctrl-C (or SIGTERM) stops what is under way, and the operation is undone in order; after
 * the pivot it goes on to its end, because half-way is the worst place to stop.
 * The second one leaves at once: the journal then shows an operation that was not finished.
 */
export function interruptible(): { signal: AbortSignal; restore: () => void } {
  const controller = new AbortController();
  // Every call under way listens to it, and there is no limit to these but the hosts'.
  setMaxListeners(0, controller.signal);
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      console.error('cmanage: left half-way; what was begun is still there, and the journal knows it');
      process.exit(exitCode.unfinished);
    }
    const what = 'undoing what was done, or finishing where traffic has moved already';
    console.error(`cmanage: interrupted; ${what} (again to leave at once)`);
    controller.abort(new Error('interrupted by the operator'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const restore = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: controller.signal, restore };
}
