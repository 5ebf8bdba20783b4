import type { Command } from 'commander';
import { parseName } from '../arguments.ts';
import { example, withOutput } from '../options.ts';
import { patiently } from '../patience.ts';
import type { Finish } from '../program.ts';

export function declareVerify(program: Command, finish: Finish): void {
  const command = program
    .command('verify')
    .description('compare the state with what the hosts run and HAProxy serves; exit 7 where they differ')
    .argument('[service]', 'only the containers of this service', parseName)
    .addHelpText('after', example('cmanage verify', 'cmanage verify webapp -o json'));
  withOutput(command).action(async (service: string | undefined, _options: unknown, self: Command) => {
    const { verify } = await import('../drift/verify.ts');
    finish(await patiently('the hosts and load balancers', verify(service ?? null, self.optsWithGlobals())));
  });
}
