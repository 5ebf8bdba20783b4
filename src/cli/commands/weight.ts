import type { Command } from 'commander';
import type { Weight } from '../../model/traffic.ts';
import { parseEndpointName, parseWeight } from '../arguments.ts';
import type { ChangeRequest } from '../change.ts';
import { example, withChange, withYes, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

const endpointArgument = [
  '<endpoint>',
  'full name, such as webapp-endpoint-prod',
  parseEndpointName,
] as const;

export function declareWeight(program: Command, finish: Finish): void {
  const command = program
    .command('weight')
    .description(
      'spread an endpoint over positions by weight, each with its own consistent tree (canary, A/B)',
    )
    .argument(...endpointArgument)
    .argument('<position=weight...>', 'such as 0=90 1=10', parseWeight)
    .addHelpText('after', example('cmanage weight webapp-endpoint-prod 0=90 1=10'));
  withChange(command).action(
    async (endpoint: string, weights: Weight[], _options: unknown, self: Command) => {
      const { setWeights } = await import('../../actions/weights.ts');
      finish(await runChange(self, { process: (state) => setWeights(state, endpoint, weights) }));
    },
  );
}

export function declarePromote(program: Command, finish: Finish): void {
  const command = program
    .command('promote')
    .description('end a canary by making it what the endpoint shows: the positions below it are popped')
    .argument(...endpointArgument)
    .addHelpText('after', example('cmanage promote webapp-endpoint-prod'));
  withYes(withChange(command)).action(async (endpoint: string, _options: unknown, self: Command) => {
    const [{ retain }, { promoteCanary }] = await Promise.all([
      import('../../actions/retention.ts'),
      import('../../actions/weights.ts'),
    ]);
    finish(
      await runChange(self, {
        asks: 'always',
        process: (state, _environment, { now }) => retain(state, promoteCanary(state, endpoint), now),
      }),
    );
  });
}

export function declareAbort(program: Command, finish: Finish): void {
  const command = program
    .command('abort')
    .description('end a canary: all requests go to its pointer again')
    .argument(...endpointArgument)
    .addHelpText('after', example('cmanage abort webapp-endpoint-prod'));
  withChange(command).action(async (endpoint: string, _options: unknown, self: Command) => {
    const { abortWeights } = await import('../../actions/weights.ts');
    finish(await runChange(self, { process: (state) => abortWeights(state, endpoint) }));
  });
}

async function runChange(self: Command, request: ChangeRequest): Promise<number> {
  const { change } = await import('../change.ts');
  return change(self.optsWithGlobals<ChangeOptions>(), request);
}
