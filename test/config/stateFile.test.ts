import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readStateFile, stateFileFormat, stateIn } from '../../src/config/stateFile.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { recordOnly } from '../../src/plan/record.ts';
import { stateText } from '../../src/report/stateText.ts';
import { takeIdentity } from '../../src/store/identity.ts';
import { loadState, readEnvironment, saveChange } from '../../src/store/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { databases } from '../support/store.ts';

const directory = temporaryDirectory();
const { path: freshPath, open } = databases();
const environment = '0b5e1c62-7a04-4f0e-9a53-2f4d3f6c1a10';
const head = { format: stateFileFormat, environment };
const none = (): undefined => undefined;

const sketch = {
  webapp: { settings: { env: { SECRET: 'hunter2', EMPTY: '' } }, endpoints: { prod: {} } },
  mail: { hosts: ['docker02'], settings: { profile: 'strict', user: '1000:1000' } },
} as const;
const state: State = { ...makeState(sketch), revision: 7 };
const text = (given: State, withValues = true): string => stateText(head, given, { withValues });
let count = 0;
const written = (content: string): string => fileIn(directory, `state${count++}.yml`, content);
const read = (content: string): State => stateIn(readStateFile(written(content)), none).state;

/** A state whose settings are of the kind that can be typed; a random text may be no path and no variable's value. */
const typedState = correctState.map((given): State => {
  const path = (part: string): string => `/${part.replaceAll('\0', '')}`;
  return {
    ...given,
    revision: given.revision + 1,
    services: given.services.map((row) => ({
      ...row,
      settings: {
        ...row.settings,
        health: { ...row.settings.health, interval: row.settings.health.interval + 1 },
        env: Object.fromEntries(
          Object.entries(row.settings.env).map(([name, value]) => [name, value.replace(/[\0\r\n]/g, ' ')]),
        ),
        envFiles: row.settings.envFiles.map(path),
        secretFiles: row.settings.secretFiles.map((file, index) => ({
          name: `secret${index}`,
          path: path(file.path),
        })),
        command: row.settings.command?.map((word) => word.replaceAll('\0', '')) ?? null,
      },
    })),
    retained: given.retained.map((row) => ({ ...row, digest: `sha256:${'0'.repeat(64)}` })),
  };
});

/** Records a state in a fresh database, as an import does, and gives what is then there. */
async function imported(next: State, identity: string): Promise<{ environment: string; state: State }> {
  const database = await open(await freshPath());
  const from = next.revision - 1;
  await takeIdentity(database, { environment: identity, revision: from, lastOperation: 0 });
  const [step] = recordOnly({ ...emptyState, revision: from }, next, 'a test').steps;
  if (step?.kind !== 'commit_state') throw new Error('nothing is recorded');
  await database.transaction(() => saveChange(database.source, step.change, from));
  const { id } = await readEnvironment(database.source);
  return { environment: id, state: await loadState(database.source) };
}

describe('an export', () => {
  it('that is imported is exported again byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(typedState, async (given) => {
        const first = text(given);
        const file = readStateFile(written(first));
        const there = await imported(stateIn(file, none).state, file.environment);
        expect(stateText({ ...head, ...there }, there.state, { withValues: true })).toBe(first);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('is the same whatever the order of rows and fields', () => {
    const turned = (row: object): object => Object.fromEntries(Object.entries(row).reverse());
    const other = {
      ...state,
      services: state.services.map(turned).reverse(),
      containers: state.containers.map(turned).reverse(),
    } as unknown as State;
    expect(text(other)).toBe(text(state));
  });

  it('has one row a line, and begins with what it is', () => {
    const lines = text(state).split('\n');
    expect(lines.slice(2, 5)).toEqual([
      `format: ${stateFileFormat}`,
      `environment: ${environment}`,
      'revision: 7',
    ]);
    expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(
      state.services.length + state.stacks.length + state.containers.length + state.endpoints.length,
    );
  });

  it('leaves the values of variables out unless it is told not to', () => {
    expect(text(state, false)).not.toContain('hunter2');
    const { lacking } = stateIn(readStateFile(written(text(state, false))), none);
    expect(lacking).toEqual(['webapp EMPTY', 'webapp SECRET']);
    const filled = stateIn(readStateFile(written(text(state, false))), (_service, name) =>
      name === 'SECRET' ? 'hunter2' : '',
    );
    expect(filled.lacking).toEqual([]);
    expect(text(filled.state)).toBe(text(state));
  });

  it('shows no control character and no mark of direction as it is', () => {
    const env = { A: 'a\u0085b\u202ec\u2028d\u001be\u200ff' };
    const hostile = { ...makeState({ webapp: { settings: { env } } }), revision: 1 };
    expect(text(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
    expect(read(text(hostile)).services[0]?.settings.env).toEqual(env);
  });
});

describe('a file that is no sound export', () => {
  const edit = (from: string | RegExp, to: string) => (): string => text(state).replace(from, to);
  it.each([
    ['of another format', edit('cmanage-state/1', 'cmanage-state/9'), /:3: format: this cmanage reads/],
    ['of a user who is root', edit('1000:1000', '0:0'), /user: give numbers other than 0/],
    ['without a table', edit(/edges: \[\]\n/, ''), /edges: Invalid input/],
    [
      'with a table that nobody knows',
      (): string => `${text(state)}more: []\n`,
      /more: there is no such setting/,
    ],
    [
      'with a field that nobody knows',
      edit('"digest":', '"colour":"red","digest":'),
      /colour: there is no such/,
    ],
    ['with __proto__', edit('"digest":', '"__proto__":{},"digest":'), /the key __proto__ is not allowed/],
    ['with an alias', edit('edges: []', 'edges: &a []'), /anchors and aliases are not read here/],
    ['with a service twice', edit(/^(- {"name":"mail".*)$/m, '$1\n$1'), /services mail is there twice/],
    [
      'with a container of no stack',
      edit('"stack":"mail-stack1"', '"stack":"male-stack1"'),
      /there is no stack male-stack1/,
    ],
    ['with a gap in a stack', edit('"position":1', '"position":7'), /positions 0 to 2 once/],
    ['with a position twice', edit('"position":1', '"position":0'), /positions 0 to 2 once/],
    ['with a name that is none', edit('"name":"mail"', '"name":"MAIL"'), /use lower-case letters/],
    ['with a line break in a variable', edit('hunter2', 'hunter\\n2'), /NUL character or a line break/],
    [
      'with a health path that ends a line',
      edit('"path":null', '"path":"/a\\n  server evil"'),
      /give a path/,
    ],
    [
      'with an image that has a tag',
      edit('registry.example/mail', 'registry.example/mail:v1'),
      /without a tag/,
    ],
    ['with a port that is none', edit('"hostPort":20000', '"hostPort":70000'), /hostPort/],
    ['that is no YAML', (): string => '{[', /.+/],
    ['that is empty', (): string => '', /format/],
  ])('is refused: %s', (_case, content, message) => {
    const path = written(content());
    expect(() => readStateFile(path)).toThrow(message);
  });

  it('is refused where it is larger than any state', () => {
    const path = written(`# ${'x'.repeat(64 * 1024 * 1024)}\n`);
    expect(() => readStateFile(path)).toThrow(/at most 67108864 are read/);
  });
});
