import { InvalidArgumentError, type Command } from 'commander';
import type { Wish } from '../../goal/goal.ts';
import { isName, isTag } from '../../model/names.ts';
import { integer, parseName, parseVersions } from '../arguments.ts';
import type { GoalOptions } from '../goal.ts';
import { example, withOutput } from '../options.ts';
import type { Finish } from '../program.ts';

export function declarePlan(program: Command, finish: Finish): void {
  const command = program
    .command('plan')
    .description(
      'find the shortest commands to a goal, such as prod=v0.5, or what is in the way of it; touches nothing',
    )
    .argument('<goal...>', 'STAGE=VERSION; several where several stages are meant', parseWishes)
    .option('-s, --service <name>', 'the service; where there is only one, it is that', parseName)
    .option('--using <versions...>', 'versions that may be released beside those of the goal', parseVersions)
    .option('--limit <states>', 'the most states that each search looks at', integer(1, 1_000_000), 500)
    .addHelpText(
      'after',
      example(
        'cmanage plan "prod=v0.5"',
        'cmanage plan prod=v0.5 qa=v0.6 --service webapp',
        'cmanage plan prod=v0.5 -o json',
      ),
    );
  withOutput(command).action(async (wishes: readonly Wish[], _options: unknown, self: Command) => {
    const { findWay } = await import('../goal.ts');
    finish(await findWay(wishes, self.optsWithGlobals<GoalOptions>()));
  });
}

/** Collects `prod=v0.5 qa=v0.6`, as one argument or several. */
function parseWishes(text: string, before: readonly Wish[] | undefined): Wish[] {
  const wishes = text
    .trim()
    .split(/\s+/)
    .map((part): Wish => {
      const [stage = '', version = '', ...rest] = part.split('=');
      if (isName(stage) && isTag(version) && rest.length === 0) return { stage, version };
      throw new InvalidArgumentError('Give STAGE=VERSION, such as prod=v0.5.');
    });
  return [...(before ?? []), ...wishes];
}
