import type { Command } from 'commander';
import { parsePattern } from '../arguments.ts';
import { example, withOutput, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareCheck(program: Command, finish: Finish): void {
  const command = program
    .command('check')
    .description('judge the stored state by the rules: what is broken, and what is incomplete')
    .argument('[service]', 'only what concerns this service; % stands for any characters', parsePattern)
    .addHelpText('after', example('cmanage check', 'cmanage check webapp -o json'));
  withOutput(command).action(async (pattern: string | undefined, _options: unknown, self: Command) => {
    finish(await check(pattern ?? null, self.optsWithGlobals()));
  });
}

async function check(pattern: string | null, options: CommonOptions): Promise<number> {
  const [{ openSession }, { judge }, { printJudgement }, { matchesPattern }] = await Promise.all([
    import('../session.ts'),
    import('../../constraints/check.ts'),
    import('../judgement.ts'),
    import('../../model/rules.ts'),
  ]);
  const session = await openSession(options, { write: false });
  try {
    const { state, config } = session;
    const all = judge(state, config.environment);
    const concerned = all.filter(
      ({ service, object }) => pattern === null || matchesPattern(pattern, service ?? object),
    );
    return printJudgement(concerned, state, pattern, options.output);
  } finally {
    await session.close();
  }
}
