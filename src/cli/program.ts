import { Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../model/nearest.ts';
import { printable } from '../report/printable.ts';
import { groupCommands } from './commandGroups.ts';
import { declareAddEndpoint } from './commands/addEndpoint.ts';
import { declareAddExternal } from './commands/addExternal.ts';
import { declareAddService } from './commands/addService.ts';
import { declareApply } from './commands/apply.ts';
import { declareChangeExternal } from './commands/changeExternal.ts';
import { declareBackup, declareRestore } from './commands/backup.ts';
import { declareCanary } from './commands/canary.ts';
import { declareChangeEndpoint } from './commands/changeEndpoint.ts';
import { declareChangeService } from './commands/changeService.ts';
import { declareChangeTree } from './commands/changeTree.ts';
import { declareCheck } from './commands/check.ts';
import { declareCompletion } from './commands/completion.ts';
import { declareConnect, declareDisconnect } from './commands/connect.ts';
import { declareDelete } from './commands/delete.ts';
import { declareDeploy } from './commands/deploy.ts';
import { declareDiff } from './commands/diff.ts';
import { declareDoctor } from './commands/doctor.ts';
import { declareExport, declareImport } from './commands/export.ts';
import { declareForgetHost } from './commands/forgetHost.ts';
import { declareGraph } from './commands/graph.ts';
import { declareHeal } from './commands/heal.ts';
import { declareHelp } from './commands/help.ts';
import { declareHistory } from './commands/history.ts';
import { declareHost } from './commands/host.ts';
import { declareInit } from './commands/init.ts';
import { declareLock, declareUnlock } from './commands/lock.ts';
import { declarePlan } from './commands/plan.ts';
import { declareLogs } from './commands/logs.ts';
import { declarePop } from './commands/pop.ts';
import { declarePrune } from './commands/prune.ts';
import { declareRelease } from './commands/release.ts';
import { declareRecover } from './commands/recover.ts';
import { declareReplace } from './commands/replace.ts';
import { declareReport } from './commands/report.ts';
import { declareResume } from './commands/resume.ts';
import { declareRollback } from './commands/rollback.ts';
import { declareRules } from './commands/rules.ts';
import { declareScale } from './commands/scale.ts';
import { declareShow } from './commands/show.ts';
import { declareUpstream } from './commands/upstream.ts';
import { declareVerify } from './commands/verify.ts';
import { declareWatch } from './commands/watch.ts';
import { declareAbort, declarePromote, declareWeight } from './commands/weight.ts';
import { explained } from './mistakes.ts';
import { example } from './options.ts';
import { version } from './version.ts';

/** Takes the exit code of the command that ran. */
export type Finish = (code: number) => void;

const declarations = [
  declareInit,
  declareShow,
  declareDiff,
  declareReport,
  declareGraph,
  declareCheck,
  declareVerify,
  declareHeal,
  declareWatch,
  declareDoctor,
  declareRules,
  declareAddService,
  declareChangeService,
  declareAddEndpoint,
  declareAddExternal,
  declareChangeExternal,
  declareChangeEndpoint,
  declareConnect,
  declareDisconnect,
  declareChangeTree,
  declarePlan,
  declareRelease,
  declarePop,
  declareWeight,
  declareCanary,
  declarePromote,
  declareAbort,
  declareReplace,
  declareRollback,
  declarePrune,
  declareResume,
  declareLock,
  declareUnlock,
  declareScale,
  declareDelete,
  declareDeploy,
  declareApply,
  declareHistory,
  declareLogs,
  declareHost,
  declareUpstream,
  declareForgetHost,
  declareExport,
  declareImport,
  declareRecover,
  declareBackup,
  declareRestore,
  declareCompletion,
  declareHelp,
];

/** The command line. Declarations only: what a command does is loaded when it is called, which keeps start-up short. */
export function buildProgram(finish: Finish): Command {
  const program = new Command('cmanage')
    .description('Release manager for container services on Docker hosts behind HAProxy.')
    .version(version(), '-V, --version')
    .option('--etc <dir>', 'configuration directory (else $CMANAGE_ETC, ./etc, /etc/cmanage)')
    .option('--log-file <file>', "cmanage's own log, as lines of JSON (else log_file in cmanage.yml)")
    .exitOverride()
    .configureOutput({ outputError })
    // Names alone leave room for what commands do, on 80 columns too; the help of each has its arguments.
    .configureHelp({ sortSubcommands: false, subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      `${example('cmanage show services', 'cmanage release webapp -v v0.4 --dry-run', 'cmanage help release')}\n\nThe manual: cmanage help --man | man -l -`,
    );
  for (const declare of declarations) declare(program, finish);
  groupCommands(program);
  pointToHelp(program, 'cmanage');
  suggestChoices(program);
  return program;
}

/** After a mistake, each command says what would be right, and points to its own help. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`Try '${path} --help'.`).configureOutput({
    outputError: (text, write) => {
      outputError(explained(text, command), write);
    },
  });
  for (const child of command.commands) pointToHelp(child, `${path} ${child.name()}`);
}

/** Whatever has closed choices answers one that was mistyped by the nearest of them. */
function suggestChoices(command: Command): void {
  for (const typed of [...command.registeredArguments, ...command.options]) {
    const { argChoices: choices, parseArg: parse } = typed;
    if (!choices || !parse) continue;
    typed.argParser((text, before) => {
      try {
        return parse(text, before);
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        const question = didYouMean(text, choices).replace('did', 'Did');
        throw new InvalidArgumentError(`${question}${error.message}`);
      }
    });
  }
  for (const child of command.commands) suggestChoices(child);
}

/** Commander repeats in its messages what was typed; control characters and line breaks in that are shown, not obeyed. */
function outputError(text: string, write: (text: string) => void): void {
  const line = text.trimEnd().replace(/\n(?=\(Did you mean [a-z, -]+\?\)$)/, ' ');
  write(`${printable(line).replaceAll('\n', '\\n')}\n`);
}
