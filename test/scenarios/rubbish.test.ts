import { beforeAll, expect, it } from '@jest/globals';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import sqlite3 from 'sqlite3';
import { cmanageIn, succeed, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addRegistry, copyEtc, edit } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { startFakeRegistry } from '../support/fakeRegistry.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf, fingerprint } from '../support/world.ts';

type Answering = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const says =
  (status: number, headers: http.OutgoingHttpHeaders, body = ''): Answering =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const challenge = (realm: string): Answering => says(401, { 'www-authenticate': `Bearer realm="${realm}"` });

/** Gives a challenge, and at the address it names a token that is none. */
const badToken: Answering = (request, response) => {
  if (request.url?.startsWith('/token')) response.end('<html>');
  else challenge(`http://${request.headers.host ?? ''}/token`)(request, response);
};

const badRegistries: [what: string, answer: Answering, exitCode: number, says: string | RegExp][] = [
  ['no digest', says(200, {}), 4, 'carries no digest'],
  [
    'a digest that is none',
    says(200, { 'docker-content-digest': 'sha256:$(reboot)' }),
    4,
    'carries no digest',
  ],
  ['an error of its own', says(500, {}), 4, 'it answers 500'],
  ['access denied', says(403, {}), 2, 'access is denied'],
  [
    'a redirection to itself',
    (request, response) => {
      says(302, { location: request.url })(request, response);
    },
    2,
    'does not answer',
  ],
  ['a challenge to a file', challenge('file:///etc/passwd'), 2, /registry|access is denied/],
  ['a challenge to nowhere', challenge('http://127.0.0.1:1/token'), 2, /does not answer|access is denied/],
  ['a token that is none', badToken, 2, 'access is denied'],
  [
    'rubbish instead of HTTP',
    (_request, response) => response.socket?.end('\u0000\u0001rubbish'),
    2,
    'does not answer',
  ],
];

describeLab('rubbish from outside', (lab) => {
  let before: Record<string, unknown> = {};

  beforeAll(async () => {
    await addWebapp(lab);
    before = await fingerprint(lab);
  });

  /** Runs a command with a state database of the test's making. */
  const withDatabase = async (
    make: (path: string) => void | Promise<void>,
    ...args: string[]
  ): Promise<Answer> => {
    const etc = copyEtc(lab);
    const path = join(etc, 'rubbish.db');
    await make(path);
    edit(etc, 'cmanage.yml', (text) => text.replace(/^state:.*$/m, 'state: rubbish.db'));
    return cmanageIn({ etc }, ...args);
  };

  const databases: [string, (path: string) => void | Promise<void>][] = [
    ['that is not there', () => undefined],
    ['that is a directory', mkdirSync],
    [
      'that is empty',
      (path) => {
        writeFileSync(path, '');
      },
    ],
    [
      'that is text',
      (path) => {
        writeFileSync(path, 'this is no database\n'.repeat(500));
      },
    ],
    [
      'that was cut off',
      (path) => {
        writeFileSync(path, readFileSync(databaseOf(lab)).subarray(0, 20_000));
      },
    ],
    ['of another program', (path) => execute(path, 'CREATE TABLE customer (id INTEGER)')],
    [
      'of a later cmanage',
      (path) => {
        copyFileSync(databaseOf(lab), path);
        return execute(
          path,
          `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`,
        );
      },
    ],
  ];

  it.each(databases)('a state database %s: both looking and changing say so', async (_what, make) => {
    for (const args of [
      ['show', 'services'],
      ['pop', 'webapp'],
    ]) {
      expectMessage(await withDatabase(make, ...args), { exitCode: 2, says: ['rubbish.db'] });
    }
  });

  it('a state database whose writer was killed in the middle of writing is read as it was before', async () => {
    const make = async (path: string): Promise<void> => {
      copyFileSync(databaseOf(lab), path);
      await writeAndDie(path);
      expect(existsSync(`${path}-journal`)).toBe(true);
    };
    expect(await withDatabase(make, 'pop', 'webapp', '--dry-run')).toMatchObject({ exitCode: 3 });
    const { stdout } = await withDatabase(make, 'show', 'services');
    expect(stdout).toContain('webapp');
  });

  it.each(badRegistries)('a registry that gives %s', async (_what, answer, exitCode, words) => {
    const registry = await startFakeRegistry('127.0.0.1', answer);
    const etc = copyEtc(lab);
    addRegistry(etc, registry.address, '{ insecure: true }');
    const image = `${registry.address}/webapp`;
    const result = await cmanageIn({ etc }, 'addservice', 'other', '-i', image, '-v', 'v0.1');
    registry.close();
    expectMessage(result, { exitCode, says: [registry.address, words] });
  });

  it('a registry that nobody answers for', async () => {
    const args = ['addservice', 'other', '-i', '127.0.0.1:1/webapp', '-v', 'v0.1'];
    const answer = await cmanageIn({ etc: lab.etc }, ...args);
    expectMessage(answer, { exitCode: 2, says: ['registry 127.0.0.1:1 does not answer', 'insecure: true'] });
  });

  it.each(['["v0.1"]', '[]'])('a list of tags that has no end, each page of it %s', async (tags) => {
    const endless = says(200, { link: '</v2/webapp/tags/list?last=a>; rel="next"' }, `{"tags":${tags}}`);
    const registry = await startFakeRegistry('127.0.0.1', endless);
    const etc = copyEtc(lab);
    addRegistry(etc, registry.address, '{ insecure: true }');
    edit(etc, 'cmanage.yml', (text) => text.replace(/^state:.*$/m, 'state: other.db'));
    copyFileSync(databaseOf(lab), join(etc, 'other.db'));
    await execute(join(etc, 'other.db'), `UPDATE service SET image = '${registry.address}/webapp'`);
    const answer = await cmanageIn({ etc, timeout: 20_000 }, 'upstream', 'webapp');
    registry.close();
    expectMessage(answer, { exitCode: 4, says: [registry.address, 'tags'] });
  });

  it('nothing of all this has touched anything', async () => {
    await succeed(lab, 'show', 'services');
    expect(await fingerprint(lab)).toEqual(before);
  });
});

/** A program that is killed when half of what it changes is in the file, and the other half is not. */
async function writeAndDie(path: string): Promise<void> {
  const statements = [
    'PRAGMA cache_size = 1',
    'BEGIN IMMEDIATE',
    `UPDATE service SET name = 'half-written'`,
    `CREATE TABLE half AS SELECT hex(randomblob(4000)) FROM step`,
  ];
  const program = `
    const sqlite3 = require('sqlite3');
    const database = new sqlite3.Database(process.argv[1]);
    database.exec(process.argv[2], (error) => process.kill(process.pid, error ? 'SIGABRT' : 'SIGKILL'));`;
  const { signal } = await execa(process.execPath, ['-e', program, path, statements.join(';')], {
    reject: false,
  });
  expect(signal).toBe('SIGKILL');
}

function execute(path: string, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path);
    database.run(statement, (error) => {
      database.close();
      if (error) reject(error);
      else resolve();
    });
  });
}
