import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../../src/cli/program.ts';
import { writeTags } from '../../../src/cli/tagCache.ts';
import { jsonSchemaOf, showSchemas } from '../../../src/config/showSchemas.ts';
import { changeBetween } from '../../../src/model/change.ts';
import { beginOperation } from '../../../src/store/journal.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { temporaryDirectory } from '../../support/files.ts';
import { changeRow, makeState } from '../../support/makeState.ts';
import { planOf } from '../../support/plans.ts';
import { balancerIn, programOn, type Program } from '../../support/program.ts';
import { external, withExternals, withTree } from '../../support/trees.ts';

const directory = temporaryDirectory();
const twins = { hosts: ['docker01', 'docker02'] };
const link = { host: '192.0.2.10', port: 10000, mode: 'http' } as const;

/** A state with something of every kind. */
function everything() {
  const services = makeState({
    webapp: {
      ...twins,
      image: 'registry.example/webapp',
      settings: { env: { PASSWORD: 'hush' }, profile: 'strict', user: '1000' },
      traffic: { uses: ['db'] },
      retention: { by: 'count', limit: 2, warm: false },
      versions: ['v0.1', 'v0.2', 'v0.3', 'v0.4'],
      endpoints: { prod: {}, qa: { url: 'qa.example.net' } },
    },
    mail: { ...twins, versions: ['v1'] },
  });
  const [kept] = services.containers;
  if (!kept) throw new Error('the sketch has no container');
  const retained = [
    { ...kept, ...{ name: 'webapp-stack1-app9', hostPort: 20900, since: 1, retainedAt: 1e12, warm: true } },
  ];
  const containers = services.containers.map((row) =>
    row.stack.startsWith('webapp') ? { ...row, links: { mail: link, db: link } } : row,
  );
  const whole = withExternals({ ...services, containers, retained }, external('db', ['prod=db:1']));
  return withTree(whole, 'webapp-endpoint-prod', 'webapp > mail', 'webapp > db');
}

describe('show', () => {
  let program: Program;
  const shown = async <T>(...args: string[]): Promise<T> => {
    const { code, answer } = await program.run('show', ...args);
    expect({ args, code }).toEqual({ args, code: 0 });
    return answer as T;
  };
  const namesOf = async (...args: string[]): Promise<string[]> =>
    (await shown<{ name: string }[]>(...args)).map(({ name }) => name);

  beforeAll(async () => {
    program = await programOn(directory, everything(), balancerIn(directory));
    await program.run('lock', 'mail', '-m', 'audit');
    const before = await program.state();
    const next = changeRow(before, 'services', 'webapp', { image: 'registry.example/shop' });
    const database = await openDatabase(program.path, { readOnly: false });
    const start = {
      actor: 'alice@admin',
      reason: 'ticket 4711',
      plan: planOf(makeState(), makeState({ a: {} })),
    };
    const released = { stacks: ['webapp-stack1'], before: ['v0.1', 'v0.2'], after: ['v0.2', 'v0.4'] };
    const done = await beginOperation(database, {
      ...{ ...start, command: 'release webapp', baseRevision: before.revision },
      summary: [{ service: 'webapp', changes: [released] }],
    });
    await done.commit(changeBetween(before, next));
    await done.finish('done', null);
    const open = { ...start, command: 'pop mail', baseRevision: before.revision + 1, summary: [] };
    const stuck = await beginOperation(database, open);
    await stuck.finish('unfinished', null);
    await database.source.destroy();
  });

  it.each(Object.keys(showSchemas).filter((kind) => kind !== 'operation') as (keyof typeof showSchemas)[])(
    '%s answers what its schema says, and has something of everything',
    async (kind) => {
      const answer = await shown<unknown>(kind);
      expect(Array.isArray(answer) ? answer.length : 1).toBeGreaterThan(0);
      // Strict: a key that no schema tells of is a fault.
      expect(showSchemas[kind].parse(answer)).toEqual(answer);
      expect(JSON.stringify(answer)).not.toContain('hush');
    },
  );

  it('an operation answers what its schema says', async () => {
    const steps = await shown<unknown[]>('operation', '3');
    expect(showSchemas.operation.parse(steps)).toEqual(steps);
    expect(steps.length).toBeGreaterThan(5);
    // The freeze.
    expect(await shown('operation', '1')).toEqual([]);
  });

  it('tells the last change of a service, and of a release which operation it came with', async () => {
    expect(await shown('service', 'webapp')).toMatchObject([
      {
        lastChange: { operation: 2, command: 'release webapp', actor: 'alice@admin' },
        newer: null,
      },
    ]);
    const [webapp] = await shown<object[]>('service', 'webapp');
    const { services } = await shown<{ services: object[] }>('state');
    expect(services).toContainEqual(webapp);
    // It was frozen, which changes nothing of it.
    expect(await shown('services', 'mail')).toMatchObject([{ lastChange: null }]);
    expect(await shown('releases', 'webapp', '--sort', 'version')).toMatchObject([
      { version: 'v0.1', operation: null, places: [{ stage: 'prod', since: null }] },
      { version: 'v0.2', operation: null },
      { version: 'v0.3', operation: null },
      { version: 'v0.4', operation: 2, reason: 'ticket 4711', places: [{ position: 3, stage: null }] },
    ]);
  });

  it.each<[string[], string[]]>([
    [['services', '--stage', 'qa'], ['webapp']],
    [['stacks', 'webapp*', '--host', 'docker02'], ['webapp-stack2']],
    [
      ['containers', '*app1', '--stage', 'prod', '--host', '*1'],
      ['mail-stack1-app1', 'webapp-stack1-app1'],
    ],
    [['endpoints', '--stage', 'qa'], ['webapp-endpoint-qa']],
    [['externals', '--stage', 'prod'], ['db']],
    [
      ['hosts', '--stage', 'dev', '--sort', '-name'],
      ['docker02', 'docker01'],
    ],
    [
      ['services', '--sort', '-height'],
      ['webapp', 'mail'],
    ],
    [['services', 'm?il'], ['mail']],
  ])('%j finds %j', async (args, expected) => {
    expect(await namesOf(...args)).toEqual(expected);
  });

  it('with --columns it answers the values of these', async () => {
    expect(
      await shown('services', '--columns', 'name,height', '--columns', 'prod', '--sort', 'name'),
    ).toEqual([
      { name: 'mail', height: 1, prod: 'v1' },
      { name: 'webapp', height: 4, prod: 'v0.1' },
    ]);
  });

  it('tells where links lead', async () => {
    const links = await shown<{ child: string; target: object | null }[]>('links', '--stage', 'prod');
    expect(links.map(({ child, target }) => [child, target])).toEqual(
      ['1', '2'].flatMap(() => [
        [
          'mail',
          {
            ...{ stage: 'prod', position: 0, version: 'v1' },
            answers: ['mail-stack1-app1', 'mail-stack2-app1'],
          },
        ],
        ['db', { stage: 'prod', position: null, version: null, answers: ['db:1'] }],
      ]),
    );
  });

  it('asks hosts and load balancers with --live, and says which do not answer', async () => {
    for (const kind of ['hosts', 'loadbalancers']) {
      const answers = await shown<{ status: string; fact: string }[]>(kind, '--live');
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'unreachable'));
      expect(answers[0]?.fact).not.toBe('');
    }
  });

  it.each([
    [['hosts', '--stage', 'nix'], 'there is no stage nix: the stages of rules.yml are prod, qa, dev'],
    [
      ['hosts', '--stage', 'pord'],
      'there is no stage pord: did you mean prod? The stages of rules.yml are prod',
    ],
    [['stacks', '--host', 'docker03'], 'there is no host docker03: did you mean docker01 or docker02? See'],
    [['stacks', '--host', 'nix'], "there is no host nix: see 'cmanage show hosts'"],
    [['locks', '--stage', 'prod'], 'locks are at no stage: leave --stage out'],
    [['trees', '--live'], 'nothing of trees is live: leave --live out'],
    [['hosts', '--upstream'], '--upstream goes with services'],
    [['services', '--sort', 'nope'], 'services have no column nope: there are name, image'],
    [
      ['services', '--columns', 'nmae,prod'],
      'services have no column nmae: did you mean name? There are name',
    ],
    [['state', '--columns', 'name'], "'show state' shows all there is"],
    [['state', 'webapp'], "'show state' shows all there is"],
    [['state', '-o', 'csv'], "'show state' shows all there is"],
    [['link', 'nope'], "there is no link nope: see 'cmanage show links'"],
    [['operation', 'nope'], 'an operation is shown by its number'],
    [['operation', '99'], 'there is no operation 99'],
    [['services', '-o', 'template', '--template', '{{x'], '{{x is no field'],
  ])('%j is refused', async (args, message) => {
    const run = buildProgram(() => undefined);
    const etc = program.path.replace(/\/state\.db$/, '');
    await expect(run.parseAsync(['node', 'cmanage', '--etc', etc, 'show', ...args])).rejects.toThrow(message);
  });

  it('knows what a registry said before, for completion or for whoever asked', async () => {
    const { XDG_CACHE_HOME } = process.env;
    process.env.XDG_CACHE_HOME = directory;
    try {
      expect(await shown('service', 'webapp')).toMatchObject([{ newer: null }]);
      const tags = ['v0.4', 'v0.10', 'v0.9', 'latest', 'v0.1'];
      const heard = { asked: '2026-11-21T05:00:00.000Z', tags };
      writeTags(join(directory, 'cmanage'), new Map([['registry.example/shop', heard]]));
      expect(await shown('service', 'webapp')).toMatchObject([{ newer: ['v0.10', 'v0.9'] }]);
      expect(await shown('service', 'webapp', '--columns', 'newer')).toEqual([{ newer: 'v0.10 +1' }]);
    } finally {
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
  });
});

describe('docs/schemas', () => {
  const docs = new URL('../../../docs/schemas/', import.meta.url);

  it.each(Object.keys(showSchemas) as (keyof typeof showSchemas)[])('has %s as it is', (kind) => {
    const text = readFileSync(new URL(`${kind}.json`, docs), 'utf8');
    // Else: npm run schemas.
    expect(JSON.parse(text)).toEqual(jsonSchemaOf(kind));
  });

  it('has nothing else', () => {
    expect(readdirSync(docs).sort()).toEqual(
      Object.keys(showSchemas)
        .map((kind) => `${kind}.json`)
        .sort(),
    );
  });
});
