import { beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { stateFileFormat } from '../../../src/config/stateFile.ts';
import type { State } from '../../../src/model/state.ts';
import { stateText } from '../../../src/report/stateText.ts';
import type { Recording } from '../../../src/report/recording.ts';
import { rowsOf } from '../../support/database.ts';
import { fileIn, temporaryDirectory } from '../../support/files.ts';
import { changeRow, makeState } from '../../support/makeState.ts';
import { programOn, recorded, type Program } from '../../support/program.ts';

const directory = temporaryDirectory();
const environment = '0b5e1c62-7a04-4f0e-9a53-2f4d3f6c1a10';
const hosts = ['docker01', 'docker02'];
const state: State = {
  ...makeState({ webapp: { hosts, settings: { env: { TOKEN: 'hunter2' }, memory: 2 ** 27 } } }),
  revision: 12,
};
let count = 0;
const exported = (given: State, withValues = true): string =>
  fileIn(
    directory,
    `state${count++}.yml`,
    stateText({ format: stateFileFormat, environment }, given, { withValues }),
  );

describe('an import into a fresh environment', () => {
  let program: Program;
  const identity = (): Promise<unknown> => rowsOf(program.path, 'SELECT id, revision FROM environment');
  beforeEach(async () => {
    program = await programOn(directory, null);
  });

  it('shows what it adds and which containers that means, and touches nothing', async () => {
    const before = readFileSync(program.path);
    const { code, answer } = await program.run('import', exported(state), '--dry-run');
    const { rows, hosts: meant, revision } = answer as Recording;
    expect(code).toBe(0);
    expect([rows.services, rows.stacks, rows.containers, revision]).toEqual([1, 2, 6, 12]);
    expect(meant.map(({ host, containers }) => [host, containers.length])).toEqual([
      ['docker01', 3],
      ['docker02', 3],
    ]);
    expect(readFileSync(program.path)).toEqual(before);
  });

  it('records it without any host, under the id and the revision of the file, by an operation', async () => {
    expect((await program.run('import', exported(state), '-m', 'the disk broke')).code).toBe(0);
    expect(await program.state()).toEqual(state);
    expect(await identity()).toEqual([{ id: environment, revision: 12 }]);
    const operations = await rowsOf(program.path, 'SELECT status, revision, reason FROM operation');
    expect(operations).toEqual([{ status: 'done', revision: 12, reason: 'the disk broke' }]);
    expect((await program.run('import', exported(state))).code).toBe(3);
  });

  it('keeps the id of the database where it is a copy', async () => {
    const [own] = await rowsOf<{ id: string }>(program.path, 'SELECT id FROM environment');
    expect((await program.run('import', exported(state), '--as-new')).code).toBe(0);
    expect(await identity()).toEqual([{ id: own?.id, revision: 12 }]);
  });

  it('is judged by the rules, and leaves the environment fresh where they refuse it', async () => {
    const before = readFileSync(program.path);
    const wrong = changeRow(state, 'containers', 'webapp-stack1-app2', { hostPort: 20_000 });
    expect((await program.run('import', exported(wrong))).code).toBe(3);
    expect(readFileSync(program.path)).toEqual(before);
  });

  it('asks for the values that were left out', async () => {
    await expect(program.run('import', exported(state, false))).rejects.toThrow(
      /the values of these variables were left out: webapp TOKEN; write them in/,
    );
  });
});

describe('an import in the place of another state', () => {
  const next = changeRow(state, 'services', 'webapp', { traffic: { mode: 'http', uses: [], drainLimit: 9 } });

  it('is refused unless it is asked for', async () => {
    const program = await programOn(directory, state);
    const before = readFileSync(program.path);
    expect((await program.run('import', exported(next))).code).toBe(3);
    expect(readFileSync(program.path)).toEqual(before);
  });

  it('is a change like any other, and takes values that were left out from the present state', async () => {
    const program = await programOn(directory, state);
    const { code, answer } = await program.run('import', exported(next, false), '--replace', '--dry-run');
    expect(code).toBe(0);
    expect(recorded(answer)?.services.added.map(({ traffic }) => traffic.drainLimit)).toEqual([9]);
    expect((await program.run('import', exported(next, false), '--replace')).code).toBe(0);
    expect((await program.state()).services).toEqual(next.services);
  });

  it('is refused where a name is that of another container here', async () => {
    const program = await programOn(directory, state);
    const other = changeRow(state, 'containers', 'webapp-stack1-app2', { hostPort: 20_077 });
    expect((await program.run('import', exported(other), '--replace')).code).toBe(3);
  });
});
