import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Prints pieces of text, joined by line breaks. What is longer than the terminal goes through $PAGER (else less), piece by piece,
 * so that the first page is there before the last one is made, and pages that nobody turns to are never made.
 */
export async function page(pieces: Iterable<string>, wantsPager: boolean): Promise<void> {
  const rows = process.stdout.isTTY && wantsPager ? process.stdout.rows : Infinity;
  const iterator = pieces[Symbol.iterator]();
  const begun: string[] = [];
  let lines = 0;
  let isWhole = false;
  // The prompt of the shell needs a line too.
  while (lines < rows) {
    const next = iterator.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    begun.push(next.value);
    lines += next.value.split('\n').length;
  }
  const program = programOf(process.env);
  const all = function* (): Generator<string> {
    yield* begun;
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
  };
  if (!isWhole && program !== null) await through(program, all());
  else if (begun.length > 0) console.log([...all()].join('\n'));
}

/** The pager, as git and man choose it; null where somebody wants none. */
function programOf({ CMANAGE_PAGER, PAGER }: NodeJS.ProcessEnv): string | null {
  const program = CMANAGE_PAGER ?? PAGER ?? 'less';
  return program === '' || program === 'cat' ? null : program;
}

/** A pager that cannot be started must not cost the answer: then all of it is printed. */
async function through(program: string, pieces: Iterator<string>): Promise<void> {
  // Colours as colours, and nothing but what is seen is left behind, unless whoever sits there has said otherwise.
  const env = { LESS: 'FRX', ...process.env };
  const pager = spawn('/bin/sh', ['-c', program], { env, stdio: ['pipe', 'inherit', 'inherit'] });
  const exited = once(pager, 'exit') as Promise<[number | null]>;
  pager.stdin.on('error', unlessLeft);
  // Ctrl-C is the pager's: it ends what the pager does, and not this command before the pager.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const sent: string[] = [];
  // No `for … of`: leaving one would end the pieces, and they may have to be printed after all.
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
    sent.push(next.value);
    if (!pager.stdin.writable) break;
    if (pager.stdin.write(`${next.value}\n`)) continue;
    await Promise.race([once(pager.stdin, 'drain').catch(ignore), exited]);
  }
  pager.stdin.end();
  const [code] = await exited;
  process.off('SIGINT', ignore);
  // What a shell says of a program that is not there, or that is none.
  if (code !== 126 && code !== 127) return;
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) sent.push(next.value);
  console.log(sent.join('\n'));
}

/** Whoever leaves the pager in the middle closes its input; whatever else is wrong with that is a bug. */
function unlessLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
