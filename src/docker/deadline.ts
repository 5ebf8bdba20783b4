/**
 * Runs one call to the outside with a deadline of its own. docker-modem's own timeouts count idle time only, and an
 * answer that is cut in the middle never settles; here the promise always settles, and the running timer keeps the
 * process alive until it does (shared/reliability.md, dockerode pitfalls).
 */
export async function within<T>(
  seconds: number,
  outer: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`no answer within ${seconds} s`));
  }, seconds * 1000);
  const interrupt = (): void => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted) interrupt();
  outer?.addEventListener('abort', interrupt);
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => {
      reject(controller.signal.reason as Error);
    };
    if (controller.signal.aborted) fail();
    controller.signal.addEventListener('abort', fail);
  });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', interrupt);
  }
}

/** A signal that ends several calls, or one that takes no deadline, after some seconds in all, and says so. */
export function expiring(seconds: number): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`no answer within ${seconds} s`));
  }, seconds * 1000);
  // Whoever waits keeps the process alive; a signal that nobody listens to any more must not.
  timer.unref();
  return controller.signal;
}

/** Waits for some milliseconds, or rejects at once when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
