import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import type { Mode, Target } from '../../model/traffic.ts';
import { parseHealthPath, parseName, parseTargets } from '../arguments.ts';
import { example, modeOption, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & { target: Target[]; mode: Mode; health?: string };

export function declareAddExternal(program: Command, finish: Finish): void {
  const command = program
    .command('addexternal')
    .description('add an external service, such as a database: a leaf in trees with a target for each stage')
    .argument('<name>', 'name of the external service', parseName)
    .requiredOption(
      '--target <STAGE=HOST:PORT...>',
      'where it answers at a stage (again for more)',
      parseTargets,
    )
    .addOption(modeOption('tcp'))
    .option(
      '--health <path>',
      'HTTP path that answers 2xx or 3xx when healthy (else a TCP connection)',
      parseHealthPath,
    )
    .addHelpText(
      'after',
      example(
        'cmanage addexternal db --target prod=db.prod.example:5432 --target qa=db.qa.example:5432',
        'cmanage addexternal search --mode http --health /status --target prod=192.0.2.40:9200',
      ),
    );
  withChange(command).action(async (name: string, _options: unknown, self: Command) => {
    const { addExternal } = await import('../../actions/addExternal.ts');
    const { change } = await import('../change.ts');
    const options: Options = self.optsWithGlobals();
    const { mode, target: targets, health: healthPath = null } = options;
    if (mode === 'tcp' && healthPath !== null)
      throw new UserError('--health needs --mode http: what is called by TCP is checked by a connection');
    const external = { name, mode, targets, healthPath };
    finish(await change(options, { process: (state) => addExternal(state, external) }));
  });
}
