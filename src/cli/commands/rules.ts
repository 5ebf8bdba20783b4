import { InvalidArgumentError, type Command } from 'commander';
import { integer, parseName } from '../arguments.ts';
import { example, terminalColumns, withOutput, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';
import type { ReplayOptions } from '../history/replayRules.ts';

type Options = CommonOptions & { service?: string };

export function declareRules(program: Command, finish: Finish): void {
  const command = program
    .command('rules')
    .description('explain the rules: what each demands, its level and parameters, and where these come from')
    .argument('[rule]', 'only this rule, such as stack-height', parseRule)
    .option('-s, --service <name>', 'as they hold for this service, with its overrides', parseName)
    .addHelpText('after', example('cmanage rules', 'cmanage rules stack-versions --service webapp'));
  withOutput(command).action(async (rule: string | undefined, _options: unknown, self: Command) => {
    finish(await explainRules(rule ?? null, self.optsWithGlobals()));
  });
  declareReplay(command, finish);
}

function declareReplay(rules: Command, finish: Finish): void {
  const command = rules
    .command('replay')
    .description('which recorded changes other rules would have refused, and why; exit 7 where there is one')
    .requiredOption('--rules <file>', 'the rules to try, a file like rules.yml')
    .option('-n, --last <n>', 'only the last recorded changes', integer(1, 999_999_999))
    .addHelpText(
      'after',
      example('cmanage rules replay --rules new.yml', 'cmanage rules replay --rules new.yml -n 100 -o json'),
    );
  withOutput(command).action(async (_options: unknown, self: Command) => {
    const { replayRules } = await import('../history/replayRules.ts');
    finish(await replayRules(self.optsWithGlobals<ReplayOptions>()));
  });
}

function parseRule(text: string): string {
  if (/^[a-z-]{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError("Give a rule's name, such as stack-height.");
}

/** Reads the configuration alone: the rules can be asked before there is a state. */
async function explainRules(rule: string | null, options: Options): Promise<number> {
  const [
    { findDirectory, readRules, rulesLines },
    { constraints },
    report,
    { renderAs, renderSheet },
    { wrapLine },
    { paint },
    { UserError },
    { insteadOf },
  ] = await Promise.all([
    import('../../config/config.ts'),
    import('../../constraints/all.ts'),
    import('../../report/rules.ts'),
    import('../../report/table.ts'),
    import('../../report/wrapLine.ts'),
    import('../../report/style.ts'),
    import('../../model/errors.ts'),
    import('../../model/nearest.ts'),
  ]);
  const directory = findDirectory(options.etc, process.env.CMANAGE_ETC);
  const [rules, lineOf] = [readRules(directory), rulesLines(directory)];
  const chosen = constraints.filter(({ code }) => rule === null || code === rule);
  if (chosen.length === 0) {
    const codes = constraints.map(({ code }) => code);
    throw new UserError(
      `there is no rule ${rule ?? ''}: ${insteadOf(rule ?? '', codes, `there are ${codes.join(', ')}`)}`,
    );
  }
  const { bold } = paint(process.stdout, process.env);
  const entries = report.ruleEntries(rules, chosen, options.service ?? null, lineOf);
  const sheet = renderSheet(report.rulesSheet(entries), terminalColumns(), bold);
  const overrides =
    rules.overrides.length === 0
      ? []
      : [renderSheet(report.overridesSheet(rules, lineOf), terminalColumns(), bold)];
  const summaries = entries.map(({ rule: code, summary }) =>
    wrapLine(`${code}: ${summary}`, terminalColumns()),
  );
  const data = {
    stages: rules.stages,
    service: options.service ?? null,
    rules: entries,
    overrides: rules.overrides,
  };
  console.log(
    renderAs(options.output, data, () =>
      [`Stages: ${rules.stages.join(', ')}`, summaries.join('\n'), sheet, ...overrides].join('\n\n'),
    ),
  );
  return 0;
}
