import { join, resolve } from 'node:path';
import { filesOf, type Draft } from '../../config/draft.ts';
import { writeDrafted } from '../../config/template.ts';
import { isName, nameRule } from '../../model/names.ts';
import { askFor, isYes, type Asker } from './asking.ts';
import { askForBalancers, askForHosts, askForRegistries } from './parts.ts';

/** The fewest containers of a stack in the thesis. */
const usualHeight = 3;

/**
 * Asks a person what an environment is made of, tries what can be tried, and writes the commented files. Returns where the state
 * database is to be, if it is to be created now; null otherwise. Until the last question nothing is written.
 */
export async function askAndWrite(asker: Asker, directory: string): Promise<string | null> {
  asker.say(`A few questions, and commented files come into ${resolve(directory)}.`);
  asker.say('Enter takes what stands in brackets. Ctrl-C leaves, and nothing is written.\n');
  const draft = await askForDraft(asker, directory);
  asker.say('');
  if (!(await isYes(asker, 'Write cmanage.yml, hosts.yml and rules.yml? y/n', 'y'))) {
    asker.say('Nothing was written.');
    return null;
  }
  for (const path of writeDrafted(directory, filesOf(draft))) asker.say(`${path} is written`);
  const statePath = resolve(directory, draft.state);
  if (await isYes(asker, `Create the state database ${statePath} now? y/n`, 'y')) return statePath;
  asker.say("Create it by 'cmanage init' when the files are as you want them.");
  return null;
}

async function askForDraft(asker: Asker, directory: string): Promise<Draft> {
  const environment = await askFor(asker, 'Name of this environment', 'production', (text) =>
    isName(text) ? null : `use ${nameRule}`,
  );
  const state = await askFor(asker, 'State database', usualState(), (text) =>
    text === '' || text.length > 1000
      ? 'give the path of a file; a relative one begins at cmanage.yml'
      : null,
  );
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
