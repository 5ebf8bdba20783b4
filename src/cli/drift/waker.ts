/** Lets a loop sleep until its time has come, or something happens. */
export type Waker = {
  /** Something happened; several soon after one another are one. */
  readonly nudge: () => void;
  /** Resolves after some milliseconds, or when what happened has come to rest, or when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** `rest`: milliseconds without anything new that count as rest. `most`: after so many it is not waited for any longer. */
export function makeWaker({ rest, most }: { readonly rest: number; readonly most: number }): Waker {
  let [first, last] = [NaN, NaN];
  let wake: () => void = () => undefined;
  return {
    nudge: () => {
      last = performance.now();
      if (Number.isNaN(first)) first = last;
      wake();
    },
    sleep: async (milliseconds, signal) => {
      const end = performance.now() + milliseconds;
      for (;;) {
        const now = performance.now();
        const due = Number.isNaN(first) ? end : Math.min(end, last + rest, first + most);
        if (signal.aborted || due <= now) break;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, due - now);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
        signal.removeEventListener('abort', wake);
      }
      [first, last] = [NaN, NaN];
      wake = () => undefined;
    },
  };
}
