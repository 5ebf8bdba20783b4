import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { exitCode, reportError } from './exit.ts';
import { logEvent } from './ownLog.ts';

// Leaving before the command has come to its end is a failure: a promise that never settles must not look like success.
let hasEnded = false;
process.on('exit', (code) => {
  // 13 is Node's own for a top-level await that never settled.
  if (!hasEnded && (code === 0 || code === 13)) process.exitCode = exitCode.bug;
});

// `cmanage show … | head` closes the pipe early. The command goes on, and its exit code is what it would have been.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

async function run(): Promise<number> {
  let code = 0;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(process.argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    return reportError(error);
  }
}

/** Leaving drops what is still on its way into a pipe, which takes 64 kB at once; a pipe that nobody reads any more fails at once. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise((resolve) => stream.write('', resolve));
}

const code = await run();
logEvent(code === 0 ? 'info' : 'warning', { event: 'exit', code });
await Promise.all([process.stdout, process.stderr].map(written));
hasEnded = true;
process.exit(code);
