import type { Command } from 'commander';
import { parseName } from '../arguments.ts';
import { commandLine } from '../commandLine.ts';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareForgetHost(program: Command, finish: Finish): void {
  program
    .command('forgethost')
    .description('accept that a host has another engine than before, after it was replaced or installed anew')
    .argument('<host>', 'the host', parseName)
    .addHelpText('after', example('cmanage forgethost docker01'))
    .action(async (host: string, _options: unknown, self: Command) => {
      finish(await forget(host, self.optsWithGlobals()));
    });
}

async function forget(host: string, options: Pick<CommonOptions, 'etc'>): Promise<number> {
  const [{ openSession }, { actor }, { forgetHost }] = await Promise.all([
    import('../session.ts'),
    import('../apply.ts'),
    import('../../store/knownHosts.ts'),
  ]);
  const session = await openSession({ ...options, output: 'table' }, { write: true });
  try {
    const deed = {
      ...{ command: commandLine(process.argv.slice(2)), actor: actor(), reason: null },
      ...{ services: [], message: `the engine of ${host} was forgotten` },
    };
    const was = await forgetHost(session.database, host, deed);
    console.log(
      was
        ? `the engine of ${host} is forgotten; the next change remembers the one that answers then`
        : `no engine of ${host} was remembered`,
    );
    return 0;
  } finally {
    await session.close();
  }
}
