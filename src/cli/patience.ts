/** Milliseconds after which a person begins to wonder. */
const silence = 2000;

/**
 * Waits for an answer, and tells a person at the terminal once, on standard error, what is waited for when it takes more
 * than two seconds. A host that takes connections and never answers keeps a command for the ten seconds of its deadline.
 */
export async function patiently<T>(
  what: string,
  work: Promise<T>,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): Promise<T> {
  if (!stream.isTTY) return work;
  const timer = setTimeout(() => stream.write(`waiting for ${what} ...\n`), silence);
  return work.finally(() => {
    clearTimeout(timer);
  });
}
