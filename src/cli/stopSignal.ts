/** What ends work that goes on until somebody has seen enough. */
export type StopSignal = {
  readonly signal: AbortSignal;
  /** The signal of the operating system that came; null where none did. */
  readonly received: () => 'SIGINT' | 'SIGTERM' | null;
  /** Ends the work without one, and listens no more. */
  readonly end: () => void;
};

/** Aborts by SIGTERM and Ctrl-C. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let received: 'SIGINT' | 'SIGTERM' | null = null;
  const stop = (name: NodeJS.Signals): void => {
    received ??= name === 'SIGINT' ? name : 'SIGTERM';
    controller.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const end = (): void => {
    controller.abort();
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  };
  return { signal: controller.signal, received: () => received, end };
}
