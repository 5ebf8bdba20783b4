import type { Command } from 'commander';
import { parseName } from '../arguments.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareHost(program: Command, finish: Finish): void {
  const group = program
    .command('host')
    .description('what concerns a whole Docker host')
    .addHelpText('after', example('cmanage host drain docker01 --dry-run'));
  const drain = group
    .command('drain')
    .description('move every stack away from a host: a twin starts on another host before the stack goes')
    .argument('<host>', 'the host', parseName)
    .addHelpText(
      'after',
      `${example('cmanage host drain docker01 --dry-run')}\n\nplacement: false in hosts.yml keeps new stacks away from it.`,
    );
  withYes(withChange(drain)).action(async (host: string, _options: unknown, self: Command) => {
    finish(await drainHost(host, self.optsWithGlobals()));
  });
}

async function drainHost(host: string, options: ChangeOptions): Promise<number> {
  const [{ change }, { missingName }, processes] = await Promise.all([
    import('../change.ts'),
    import('../session.ts'),
    import('../../actions/stackProcesses.ts'),
  ]);
  return change(options, {
    asks: 'where-containers-go',
    question: (state, { environment }) => {
      const known = [
        ...environment.hosts.map(({ name }) => name),
        ...state.stacks.map((stack) => stack.host),
      ];
      if (!known.includes(host)) missingName('host', host, known);
      return null;
    },
    process: (state, environment) => processes.drainHost(state, host, environment),
  });
}
