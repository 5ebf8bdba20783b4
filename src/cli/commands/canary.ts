import { Option, type Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import type { State } from '../../model/state.ts';
import type { Outcome } from '../../model/violation.ts';
import type { CanaryLimits } from '../../plan/step.ts';
import { integer, parseEndpointName, parsePercentage, parsePosition, parseShares } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & {
  position?: number;
  steps: number[];
  pause: number;
  maxFailures: number;
  maxTime?: number;
  minRequests: number;
};

export function declareCanary(program: Command, finish: Finish): void {
  const command = program
    .command('canary')
    .description('give a position a growing share of an endpoint, and take it back by itself beyond a limit')
    .argument('<endpoint>', 'full name, such as webapp-endpoint-prod', parseEndpointName)
    .option('--position <position>', 'the canary (else the one above the pointer)', parsePosition)
    .option('--steps <percentages>', 'its shares, one after the other', parseShares, [5, 25, 50, 100])
    .option('--pause <s>', 'seconds it is watched at each share', integer(1, 86_400), 60)
    .addOption(
      new Option('--max-failures <percent>', 'of its requests, as HAProxy counts 5xx and failed connections')
        .argParser(parsePercentage)
        .default(0.01, '1'),
    )
    .option('--max-time <ms>', 'mean time to an answer', integer(1, 600_000))
    .option(
      '--min-requests <n>',
      'fewer in a pause prove nothing, and it goes back',
      integer(0, 1_000_000),
      20,
    )
    .addHelpText(
      'after',
      example(
        'cmanage canary webapp-endpoint-prod --steps 5,25,100 --pause 120 --max-failures 1 --max-time 500',
        'cmanage promote webapp-endpoint-prod',
      ),
    );
  withChange(command).action(async (endpoint: string, _options: unknown, self: Command) => {
    finish(await canary(endpoint, self.optsWithGlobals()));
  });
}

async function canary(endpoint: string, options: Options): Promise<number> {
  const [{ change }, { endpointNamed }, { canaryWeights, setWeights }] = await Promise.all([
    import('../change.ts'),
    import('../../model/lookup.ts'),
    import('../../actions/weights.ts'),
  ]);
  if (options.onError !== 'rollback') {
    throw new UserError('a canary goes back where anything fails: leave --on-error out');
  }
  if (options.out !== undefined) {
    throw new UserError(
      'a canary is judged while it runs, so its plan cannot be saved for later: leave --out out',
    );
  }
  const limits: CanaryLimits = {
    seconds: options.pause,
    failures: options.maxFailures,
    responseTime: options.maxTime ?? null,
    requests: options.minRequests,
  };
  const pointerOf = (state: State): number => endpointNamed(state, endpoint)?.pointer ?? 0;
  const positionIn = (state: State): number => options.position ?? pointerOf(state) + 1;
  const spread = (state: State, share: number): Outcome =>
    setWeights(state, endpoint, canaryWeights(pointerOf(state), positionIn(state), share));
  return change(options, {
    process: (state) => spread(state, options.steps.at(-1) ?? 100),
    course: (state) => ({
      ...{ endpoint, position: positionIn(state), limits },
      states: options.steps.map((share) => spread(state, share)),
    }),
  });
}
