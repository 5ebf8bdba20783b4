import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { createDatabase, openDatabase } from '../../src/store/database.ts';
import { saveChange } from '../../src/store/state.ts';
import { makeState } from '../support/makeState.ts';
import { serviceCount, serviceName } from './commands.ts';

/** Seconds an operator waits for the others; enough for all of them to go first. */
const lockWait = 120;

/** Of these rules only what is complete is left out: endpoints come and go. */
const rules = `rules:
  tree-count: { level: off }
  host-loss: { level: off }
`;

/** Writes a configuration with hosts on paper only, and a state database with some services; gives the database's path. */
export async function writeEnvironment(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const host = (index: number): string =>
    `  docker0${index}: { engine: unix:///nowhere/${index}.sock, address: 192.0.2.${index}, ports: 20000-20999 }`;
  const files = {
    'cmanage.yml': `environment: operators\nstate: state.db\nlock_wait: ${lockWait}\n`,
    'hosts.yml': `hosts:\n${[1, 2].map(host).join('\n')}\n`,
    'rules.yml': rules,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const path = join(directory, 'state.db');
  await createDatabase(path);
  const database = await openDatabase(path, { readOnly: false });
  await database.transaction(() => saveChange(database.source, changeBetween(emptyState, firstState()), 0));
  await database.source.destroy();
  return path;
}

export function firstState(): State {
  const names = Array.from({ length: serviceCount }, (_, index) => serviceName(index));
  const hosts = ['docker01', 'docker02'];
  return makeState(Object.fromEntries(names.map((name) => [name, { hosts }])));
}
