import { dirname, join, resolve } from 'node:path';
import { lookForDirectory } from '../../config/config.ts';
import { filesOf, type Draft } from '../../config/draft.ts';
import { hasConfiguration, whyUnwritable, writeDrafted } from '../../config/template.ts';
import { isName, nameRule } from '../../model/names.ts';
import { askFor, isYes, type Asker, type Fault } from './asking.ts';
import { askForHosts } from './hosts.ts';
import { askForBalancers, askForRegistries } from './parts.ts';

/** The fewest containers of a stack in the thesis. */
const usualHeight = 3;

/**
 * Asks a person what an environment is made of, tries what can be tried, and writes the commented files into a directory, which is asked
 * for where none is given; each is told of by `wrote`. Returns where the state database is to be, if it is to be created now; null otherwise.
 * Until the last question nothing is written.
 */
export async function askAndWrite(
  asker: Asker,
  given: string | null,
  wrote: (path: string) => void,
): Promise<string | null> {
  const into = given === null ? '' : ` into ${given}`;
  asker.say(`A few questions, and commented files come${into}.`);
  asker.say('Enter takes what stands in brackets. Ctrl-C leaves, and nothing is written.\n');
  const directory = given ?? (await askForDirectory(asker));
  const draft = await askForDraft(asker, directory);
  asker.say('');
  if (!(await isYes(asker, 'Write cmanage.yml, hosts.yml and rules.yml? y/n', 'y'))) {
    asker.say('Nothing was written.');
    return null;
  }
  for (const path of writeDrafted(directory, filesOf(draft))) wrote(path);
  if (lookForDirectory(undefined, process.env.CMANAGE_ETC) !== directory)
    asker.say(`Other commands find it by: export CMANAGE_ETC=${directory}`);
  const statePath = resolve(directory, draft.state);
  if (await isYes(asker, `Create the state database ${statePath} now? y/n`, 'y')) return statePath;
  asker.say("Create it by 'cmanage init' when the files are as you want them.");
  return null;
}

/** Nothing here stands for another directory as it would in a shell. */
const asWritten: Fault = (path) =>
  /^~|\$/.test(path) ? 'write it out: ~ and $ stand for nothing here' : null;

/** Those of the superuser serve every directory that cmanage is called in; those of others stay where they are. */
async function askForDirectory(asker: Asker): Promise<string> {
  const usual = process.getuid?.() === 0 ? '/etc/cmanage' : './etc';
  const answer = await askFor(asker, 'Directory for these files', usual, (directory) =>
    hasConfiguration(directory)
      ? `it has a configuration, which 'cmanage --etc ${directory} init' would take`
      : (asWritten(directory) ?? whyUnwritable(directory)),
  );
  return resolve(answer);
}

async function askForDraft(asker: Asker, directory: string): Promise<Draft> {
  const environment = await askFor(asker, 'Name of this environment', 'production', (text) =>
    isName(text) ? null : `use ${nameRule}`,
  );
  const state = await askFor(asker, 'State database', usualState(), (text) =>
    text === '' || text.length > 1000
      ? 'give the path of a file; a relative one begins at cmanage.yml'
      : asWritten(text),
  );
  const unwritable = whyUnwritable(dirname(resolve(directory, state)));
  if (unwritable !== null) asker.say(`    ${unwritable}: create it later, as one who can`);
  const hosts = await askForAll(asker, directory);
  const balancers = await askForBalancers(asker);
  const registries = await askForRegistries(asker);
  const stages = await askForStages(asker);
  const least = Math.max(usualHeight, stages.length);
  const height = await askFor(asker, 'Fewest containers of a stack', String(least), (text) =>
    /^\d{1,3}$/.test(text) && Number(text) >= stages.length
      ? null
      : `give a whole number from ${stages.length} to 999: each stage has a position`,
  );
  return { environment, state, hosts, balancers, registries, stages, minContainers: Number(height) };
}

/** An environment has one host at least. */
async function askForAll(asker: Asker, directory: string): Promise<Draft['hosts']> {
  for (;;) {
    const hosts = await askForHosts(asker, directory);
    if (hosts.length > 0) return hosts;
  }
}

async function askForStages(asker: Asker): Promise<readonly string[]> {
  const split = (text: string): string[] => text.split(/[ ,]+/);
  const answer = await askFor(asker, 'Stages, the one that users see first', 'prod qa dev', (text) => {
    const stages = split(text);
    if (!stages.every(isName)) return `a stage has a name: ${nameRule}`;
    return new Set(stages).size === stages.length ? null : 'each stage stands once';
  });
  return split(answer);
}

/** Where the reference has it for the superuser; beside the configuration for everybody else. */
function usualState(): string {
  return process.getuid?.() === 0 ? '/var/lib/cmanage/cmanage.db' : join('.', 'cmanage.db');
}
