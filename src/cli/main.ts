import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { reportError } from './exit.ts';

// Until the command has come to its end and said so, leaving is a failure: a promise that never settles must not look
// like success (Node ends with 0 when nothing is left to wait for).
process.exitCode = 1;

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
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error);
  }
}

process.exit(await run());
