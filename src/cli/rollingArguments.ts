import { Option, type Command } from 'commander';
import { failureActions, orders, type Rolling } from '../model/rolling.ts';
import { integer, parseParallelism, parseRatio } from './arguments.ts';

/** What is typed of the way in which a service's containers come up. */
export type RollingArguments = Partial<Omit<Rolling, 'parallelism'>> & {
  readonly parallelism?: number | 'all';
};

const seconds = integer(0, 3600);

/** The options that a new service and a changed one have in common. Without a default: what is not typed is not given. */
export function withRollingArguments(command: Command): Command {
  return command
    .option(
      '--parallelism <n>',
      'how many new containers come up at once (else all; so says all)',
      parseParallelism,
    )
    .option('--delay <s>', 'seconds between those and the next (else 0)', seconds)
    .addOption(
      new Option(
        '--order <order>',
        'whether a new container starts before the old one at its place goes, or after (else start-first)',
      ).choices([...orders]),
    )
    .addOption(
      new Option('--on-failure <action>', 'what happens when new containers fail (else rollback)').choices([
        ...failureActions,
      ]),
    )
    .option(
      '--max-failure-ratio <ratio>',
      'share of the new containers at a position that may fail, 0 to 1 (else 0)',
      parseRatio,
    )
    .option(
      '--monitor <s>',
      'seconds for which containers are watched when they have taken over (else 0)',
      seconds,
    );
}

/** Of all that was typed, what is said of rolling. */
export function rollingTyped(typed: RollingArguments): Partial<Rolling> {
  const { parallelism, delay, order, onFailure, maxFailureRatio, monitor } = typed;
  const given = {
    parallelism: parallelism === 'all' ? null : parallelism,
    delay,
    order,
    onFailure,
    maxFailureRatio,
    monitor,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
