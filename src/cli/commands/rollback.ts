import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { integer, parseEndpointName, parseName } from '../arguments.ts';
import { example, withChange, withYes } from '../options.ts';
import type { Finish } from '../program.ts';
import type { RollbackOptions } from '../rollback.ts';

export function declareRollback(program: Command, finish: Finish): void {
  const command = program
    .command('rollback')
    .description(
      'bring the containers of a service back to what they were before the last operation that changed them',
    )
    .argument('[service]', 'the service', parseName)
    .option(
      '--to <id>',
      "to what they were after this operation of 'cmanage history'",
      integer(1, 999_999_999),
    )
    .option(
      '--tree <endpoint>',
      "all services in this endpoint's tree, with its relations, pointer and weights",
      parseEndpointName,
    )
    .option(
      '--operation <id>',
      'instead, undo this operation, which was killed or left half-way',
      integer(1, 999_999_999),
    )
    .addHelpText(
      'after',
      `
Containers that still stand are kept; those that are gone are made again from the same digests, under new names.
Number and hosts of stacks stay as they are today: scaling and draining are not taken back. Without --tree,
endpoints and trees stay too. A rollback is an operation itself: another one takes it back.`,
    )
    .addHelpText(
      'after',
      example(
        'cmanage rollback webapp --dry-run',
        'cmanage history webapp',
        'cmanage rollback webapp --to 12 -m "v0.4 leaks memory"',
        'cmanage rollback --tree webapp-endpoint-prod',
        'cmanage rollback --operation 13',
      ),
    );
  withYes(withChange(command)).action(
    async (service: string | undefined, _options: unknown, self: Command) => {
      const options: RollbackOptions & { readonly operation?: number } = self.optsWithGlobals();
      if (options.operation !== undefined) {
        const { undoOperation } = await import('../resume.ts');
        finish(await undoOperation(options.operation, onlyThat(service, options)));
        return;
      }
      const { rollBack } = await import('../rollback.ts');
      finish(await rollBack(service ?? null, options));
    },
  );
}

/** An operation is undone as a whole. */
function onlyThat(service: string | undefined, options: RollbackOptions): RollbackOptions {
  const { to, tree, out } = options;
  if (service === undefined && to === undefined && tree === undefined && out === undefined) return options;
  throw new UserError(
    '--operation undoes one operation as a whole: name no service, and leave out --to, --tree and --out',
  );
}
