import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { integer, parseName } from '../arguments.ts';
import { example, withOutput, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareLock(program: Command, finish: Finish): void {
  const command = program
    .command('lock')
    .description('freeze a service, or everything: no operation on it begins until it is unlocked')
    .argument('[service]', 'the service (else everything)', parseName)
    .requiredOption('-m, --reason <text>', 'why; whoever is refused is told')
    .addHelpText('after', example('cmanage lock webapp -m "the shop opens on Monday"', 'cmanage show locks'));
  withOutput(command).action(async (service: string | undefined, _options: unknown, self: Command) => {
    const { lock } = await import('../lock.ts');
    const options: CommonOptions & { readonly reason: string } = self.optsWithGlobals();
    finish(await lock(service ?? null, options.reason, options));
  });
}

export function declareUnlock(program: Command, finish: Finish): void {
  const command = program
    .command('unlock')
    .description('lift a freeze, or take the locks of an operation away whose process hangs')
    .argument('[service]', 'the service (else what was frozen as a whole)', parseName)
    .option(
      '--operation <id>',
      "instead, of this operation of 'cmanage show locks'; it is unfinished then, for resume",
      integer(1, 999_999_999),
    )
    .addHelpText('after', example('cmanage unlock webapp', 'cmanage unlock --operation 12'));
  withOutput(command).action(async (service: string | undefined, _options: unknown, self: Command) => {
    const { unlock, unlockOperation } = await import('../lock.ts');
    const options: CommonOptions & { readonly operation?: number } = self.optsWithGlobals();
    const { operation } = options;
    if (operation !== undefined && service !== undefined) {
      throw new UserError('an operation is of no one service: give one of the two');
    }
    finish(
      await (operation === undefined
        ? unlock(service ?? null, options)
        : unlockOperation(operation, options)),
    );
  });
}
